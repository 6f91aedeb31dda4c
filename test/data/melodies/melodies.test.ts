import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../../src/base/key.ts';
import { indexOf, uniform } from '../../../src/base/random.ts';
import { loadBatch } from '../../../src/data/batch.ts';
import { scalerOf } from '../../../src/data/dataset.ts';
import { sequenceOf } from '../../../src/data/kinds/token-set.ts';
import { melodySet, readMelodies } from '../../../src/data/melodies/midi-files.ts';
import {
  goesOn,
  lowest,
  melodyAlphabet,
  melodyOf,
  notesOf,
  rest,
  roomOf,
  transpose,
} from '../../../src/data/melodies/melody.ts';
import { readMidi, type Note } from '../../../src/data/melodies/midi-reader.ts';
import { writeMidi } from '../../../src/data/melodies/midi-writer.ts';
import { pianoRolls } from '../../../src/plot/piano-roll.ts';
import { temporaryFolder } from '../fixtures.ts';

/** A melody of notes of one to four sixteenths, with rests. */
function tune(seed: number, count: number): Note[] {
  const u = uniform(foldIn(key(seed), 'tune'), 3 * count);
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    const start = at + (u[3 * i]! < 0.2 ? 2 : 0);
    at = start + 1 + indexOf(u[3 * i + 1]!, 4);
    return { pitch: 55 + indexOf(u[3 * i + 2]!, 20), start, end: at };
  });
}

/** The bytes of a file of one track. */
const midi = (division: number, ...track: number[]): Uint8Array =>
  Uint8Array.from([
    ...[0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, division >> 8, division & 255],
    ...[0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, track.length],
    ...track,
  ]);

describe('MIDI files', () => {
  it('are read as they were written', () => {
    const notes = tune(1, 300);
    expect(readMidi(writeMidi(notes), 'tune.mid')).toEqual([notes]);
  });

  it('have running status, ends by velocity 0, other events, and drums, which are left out', () => {
    const bytes = midi(
      ...[4, 0, 0xff, 0x03, 2, 0x68, 0x69, 0, 0xf0, 2, 1, 0xf7, 0, 0xc0, 5, 0, 0x90, 60, 90],
      ...[4, 60, 0, 0, 64, 90, 0x81, 0x00, 64, 0, 0, 0x99, 35, 90, 4, 0x89, 35, 0, 0, 0xff, 0x2f, 0],
    );
    expect(readMidi(bytes, 'x.mid')).toEqual([
      [
        { pitch: 60, start: 0, end: 4 },
        { pitch: 64, start: 4, end: 132 },
      ],
    ]);
  });

  it.each([
    ['no MIDI', Uint8Array.from([1, 2, 3]), 'begins with MThd'],
    [
      'only the first word of one',
      Uint8Array.from([77, 84, 104, 100]),
      'expected a header of 14 bytes, found the end of the file after 4',
    ],
    ['no notes', midi(96, 0, 0xff, 0x2f, 0), 'without any (drums are left out)'],
    ['frames', midi(0xe728, 0, 0xff, 0x2f, 0), 'counts in frames'],
    ['a cut track', midi(96, 0, 0x90, 60, 90).subarray(0, 24), 'found the end of the file'],
    ['a cut event', midi(96, 0, 0x90, 60), 'found the end of a track'],
    ['a long number', midi(96, 0xff, 0xff, 0xff, 0xff, 0xff), 'at most four bytes'],
    ['no status', midi(96, 0, 60, 90), 'bytes that are none'],
  ])('are refused in a sentence: %s', (_, bytes, message) => {
    expect(() => readMidi(bytes, 'x.mid')).toThrow(message);
  });

  it('of random bytes are refused or read, and nothing else happens', () => {
    for (let seed = 0; seed < 200; seed++) {
      const track = Array.from(uniform(key(seed), 40), (u) => indexOf(u, 256));
      try {
        readMidi(midi(96, ...track), 'x.mid');
      } catch (error) {
        expect((error as Error).name).toBe('FileError');
      }
    }
  });
});

describe('melodies', () => {
  it('become tokens and notes again', () => {
    const notes = tune(2, 100);
    expect(notesOf(melodyOf(notes))).toEqual(notes);
    expect(melodyAlphabet[2 + 60 - lowest]).toBe('C4');
    // The highest of a chord, until the next note begins; pitches beyond the tokens change their octave.
    const chord = [
      { pitch: 60, start: 0, end: 8 },
      { pitch: 67, start: 0, end: 8 },
      { pitch: 20, start: 4, end: 6 },
    ];
    expect(notesOf(melodyOf(chord))).toEqual([
      { pitch: 67, start: 0, end: 4 },
      { pitch: 44, start: 4, end: 6 },
    ]);
    expect(Array.from(melodyOf(chord).subarray(4, 8))).toEqual([2 + 44 - lowest, goesOn, rest, rest]);
  });

  it('are transposed within the tokens, by all intervals there is room for', () => {
    const melody = melodyOf(tune(3, 40));
    const [down, up] = roomOf(melody);
    expect([down, up]).toEqual([-5, 6]);
    const shifted = Float32Array.from(melody);
    transpose(shifted, up);
    expect(notesOf(shifted)).toEqual(notesOf(melody).map((note) => ({ ...note, pitch: note.pitch + 6 })));
    const edge = Uint8Array.of(2, goesOn, rest, melodyAlphabet.length - 1);
    expect(roomOf(edge)).toEqual([0, 0]);
  });

  it('as a set begin with bars, keep a tenth out, and are transposed in batches of the part that is learned from', () => {
    const melodies = Array.from({ length: 10 }, (_, i) => melodyOf(tune(i, 40)));
    const [train, test] = (['train', 'test'] as const).map((split) =>
      melodySet(melodies, 'tunes', { split, length: 32 }),
    );
    expect(train!.count).toBeGreaterThan(4 * test!.count);
    expect(new Set([...train!.starts!].filter((start) => test!.starts!.includes(start))).size).toBe(0);
    const load = (set: typeof train, seed: number): number[] =>
      Array.from(loadBatch(set!, scalerOf(set!), [0], key(seed)));
    expect(load(test, 1)).toEqual(Array.from(sequenceOf(test!, 0)));
    const several = new Set(Array.from({ length: 12 }, (_, seed) => load(train, seed).join()));
    expect(several.size).toBeGreaterThan(3);
  });

  it('are read from a folder, without files that are damaged', () => {
    const folder = join(temporaryFolder(), 'tunes');
    mkdirSync(folder);
    for (let i = 0; i < 3; i++) writeFileSync(join(folder, `${i}.mid`), writeMidi(tune(i, 80)));
    writeFileSync(join(folder, 'bad.mid'), 'not music');
    const set = readMelodies(folder, { length: 16, whole: true });
    expect(set.notes).toEqual(['bad.mid was left out: expected a MIDI file, which begins with MThd']);
    expect(notesOf(sequenceOf(set, 0))[0]).toMatchObject({ pitch: tune(0, 1)[0]!.pitch });
    expect(() => readMelodies(join(folder, '0.mid'), { length: 4096 })).toThrow('expected at least 40960 sixteenths');
    expect(() => readMelodies(join(folder, 'bad.mid'))).toThrow('begins with MThd');
  });

  it('have a picture', () => {
    const { width, height, data } = pianoRolls([tune(4, 12), tune(5, 12)], { steps: 64, bar: 16 });
    expect(data).toHaveLength(width * height);
    expect(new Set(data).size).toBeGreaterThan(4);
  });
});
