/** @file Melodies as tokens: for each sixteenth a pitch that begins, or that the one before goes on, or a rest. */
import type { Note, Voice } from './midi-reader.ts';

/** The first tokens: the note before goes on; nothing sounds. */
export const [goesOn, rest] = [0, 1] as const;

/** Pitches that have a token, from the lowest: five octaves from a low C. */
export const lowest = 36;
const pitches = 60;

/** Sixteenths of a bar of four quarters, at which samples begin. */
export const bar = 16;

const noteNames = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;

/** What each token is. */
export const melodyAlphabet: readonly string[] = [
  '-',
  '.',
  ...Array.from(
    { length: pitches },
    (_, i) => `${noteNames[(lowest + i) % 12] ?? ''}${Math.floor((lowest + i) / 12) - 1}`,
  ),
];

/** The token of a pitch, whose octave is changed where it lies beyond the tokens. */
function tokenOf(pitch: number): number {
  let own = pitch;
  while (own < lowest) own += 12;
  while (own >= lowest + pitches) own -= 12;
  return 2 + own - lowest;
}

/**
 * The tokens of a voice from the bar of its first note to the end of the bar of its last: the highest of the notes that begin together,
 * until the next one begins. Times are rounded to sixteenths.
 */
export function melodyOf(voice: Voice): Uint8Array {
  const grid = voice.map(({ pitch, start, end }) => {
    const first = Math.round(start);
    return { pitch, first, last: Math.max(first + 1, Math.round(end)) };
  });
  const begin = bar * Math.floor(Math.min(...grid.map(({ first }) => first)) / bar);
  const end = bar * Math.ceil(Math.max(...grid.map(({ last }) => last)) / bar);
  const tokens = new Uint8Array(end - begin).fill(rest);
  const heads = new Map<number, (typeof grid)[number]>();
  for (const note of grid) {
    const known = heads.get(note.first);
    if (known === undefined || known.pitch < note.pitch) heads.set(note.first, note);
  }
  const ordered = [...heads.values()].sort((a, b) => a.first - b.first);
  ordered.forEach(({ pitch, first, last }, i) => {
    const next = ordered[i + 1]?.first ?? Infinity;
    tokens[first - begin] = tokenOf(pitch);
    tokens.fill(goesOn, first + 1 - begin, Math.min(last, next) - begin);
  });
  return tokens;
}

/** The notes of tokens. What goes on after a rest is a rest. */
export function notesOf(tokens: ArrayLike<number>): Voice {
  const notes: Note[] = [];
  let open: { pitch: number; start: number } | undefined;
  const close = (end: number): void => {
    if (open !== undefined) notes.push({ ...open, end });
    open = undefined;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? rest;
    if (token === goesOn) continue;
    close(i);
    if (token !== rest) open = { pitch: lowest + token - 2, start: i };
  }
  close(tokens.length);
  return notes;
}

/** Shifts the pitches of tokens by semitones, in place. The tokens must have room for it, see `roomOf`. */
export function transpose(tokens: Float32Array, semitones: number): void {
  tokens.forEach((token, i) => (tokens[i] = token > rest ? token + semitones : token));
}

/** By how many semitones tokens can be transposed down and up, of -5 to 6. */
export function roomOf(tokens: ArrayLike<number>): readonly [down: number, up: number] {
  const sounding = Array.from(tokens).filter((token) => token > rest);
  if (sounding.length === 0) return [0, 0];
  const [least, most] = [Math.min(...sounding), Math.max(...sounding)];
  return [Math.max(-5, 2 - least), Math.min(6, pitches + 1 - most)];
}
