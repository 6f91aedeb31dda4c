/** @file MIDI files as sets of melodies. */
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError, FileError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { attempt } from '../../base/system-problem.ts';
import { melodySets } from '../kinds/melodies.ts';
import type { TokenSet } from '../kinds/token-set.ts';
import { partOf, type PartOptions } from '../tokens/parts.ts';
import { bar, melodyAlphabet, melodyOf, rest } from './melody.ts';
import { readMidi } from './midi-reader.ts';

/** Sixteenths of a sample unless another number is asked for: four bars. */
const defaultMelodyLength = 64;

/** The largest MIDI file that is read: 16 MiB. */
const mostBytes = 2 ** 24;

/** Notes that a voice needs to be a melody. */
const fewestNotes = 8;

/** How MIDI files are read. */
export interface MelodyOptions extends PartOptions {
  /** L, sixteenths of a sample. Default 64, four bars. */
  readonly length?: number | undefined;
}

const midiFile = /\.midi?$/i;

/** Whether a folder has MIDI files. */
export function hasMidi(folder: string): boolean {
  return attempt(folder, 'cannot be read', () => readdirSync(folder)).some((name) => midiFile.test(name));
}

/**
 * The melodies of a MIDI file, or of those of a folder by their names: every voice of 8 notes or more, and samples that begin with a bar.
 * @throws FileError if a file is larger than 16 MiB, is no MIDI file or has no notes.
 * @throws ConfigError if there is too little of them.
 */
export function readMelodies(path: string, options: MelodyOptions = {}): TokenSet {
  const files = midiFile.test(path)
    ? [path]
    : readdirSync(path)
        .filter((name) => midiFile.test(name))
        .sort()
        .map((name) => join(path, name));
  const notes: string[] = [];
  const melodies = files.flatMap((file) => {
    try {
      return readMidi(readRegularFile(file, { maxBytes: mostBytes }), file)
        .filter((voice) => voice.length >= fewestNotes)
        .map(melodyOf);
    } catch (error) {
      // One bad file of many is left out; one that was named is an error.
      if (!(error instanceof FileError) || files.length === 1) throw error;
      notes.push(`${basename(file)} was left out: ${error.problem}`);
      return [];
    }
  });
  return { ...melodySet(melodies, basename(resolve(path)), options), ...(notes.length > 0 && { notes }) };
}

/** Melodies as a set, of which the last tenth is kept out. */
export function melodySet(
  melodies: readonly Uint8Array[],
  name: string,
  { length = defaultMelodyLength, ...part }: MelodyOptions = {},
): TokenSet {
  const padded = melodies.map((melody) => Uint8Array.from([...melody, ...rests(length - melody.length)]));
  const total = padded.reduce((sum, melody) => sum + melody.length, 0);
  const tokens = new Uint8Array(total);
  const { begin, end } = partOf(total, length, { ...part, name, unit: 'sixteenths' });
  const starts: number[] = [];
  let at = 0;
  for (const melody of padded) {
    tokens.set(melody, at);
    for (let own = 0; own + length <= melody.length; own += bar)
      if (at + own >= begin && at + own + length <= end) starts.push(at + own);
    at += melody.length;
  }
  if (starts.length === 0)
    throw new ConfigError([
      {
        path: 'data',
        message: `expected melodies of at least ${length} sixteenths in each part, found none in ${name}; give more files, or shorter samples with --set data.length`,
      },
    ]);
  const augmented = part.split !== 'test' && part.whole !== true;
  return {
    operations: melodySets,
    ...{
      name,
      count: starts.length,
      length,
      alphabet: melodyAlphabet,
      tokens,
      starts: Uint32Array.from(starts),
      augmented,
    },
  };
}

function rests(count: number): Uint8Array {
  return new Uint8Array(Math.max(0, count)).fill(rest);
}
