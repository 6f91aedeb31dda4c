/** @file WAV files of every format, folders of them as sets, and what is wrong with others. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { melLevels } from '../../../src/base/sound/mel.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { dataKindOf } from '../../../src/catalog/data-kinds/find.ts';
import { loadBatch } from '../../../src/data/batch.ts';
import { firstOf, kindOf, sampleShape, scalerOf } from '../../../src/data/dataset.ts';
import { describe as factsOf } from '../../../src/data/describe.ts';
import { readSounds, type SoundOptions } from '../../../src/data/sounds/read-sounds.ts';
import { waveOfRow, type SoundSet } from '../../../src/data/sounds/sound.ts';
import { mono, readWav, writeWav } from '../../../src/data/sounds/wav.ts';
import { openDataSet } from '../../../src/run/data-sets.ts';

const folder = mkdtempSync(join(tmpdir(), 'sounds-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Written {
  readonly code?: number;
  readonly bits?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly size?: number;
  /** Whether the format is the extensible one, behind a chunk of an odd size. */
  readonly extensible?: boolean;
}

/** A WAV file, written without the package. */
function file(values: readonly number[], options: Written = {}): Uint8Array {
  const { code = 1, bits = 16, channels = 1, rate = 8000, extensible = false } = options;
  const bytes = bits / 8;
  const body = Buffer.alloc(values.length * bytes);
  values.forEach((value, i) => {
    const at = i * bytes;
    if (code === 3 && bits === 64) body.writeDoubleLE(value, at);
    else if (code === 3) body.writeFloatLE(value, at);
    else if (bits === 8) body.writeUInt8(Math.round(128 + 128 * value), at);
    else body.writeIntLE(Math.round(2 ** (bits - 1) * value), at, bytes);
  });
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : code, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * bytes * channels, 8);
  format.writeUInt16LE(bytes * channels, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(code, 24);
  const chunk = (name: string, content: Buffer, size = content.length): Buffer => {
    const head = Buffer.alloc(8);
    head.write(name);
    head.writeUInt32LE(size, 4);
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
  };
  const chunks = [
    chunk('fmt ', format),
    chunk('LIST', Buffer.from(extensible ? 'odd' : 'even')),
    chunk('data', body, options.size),
  ];
  return Uint8Array.from(chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks])));
}

const ramp = [0, 0.25, -0.5, 0.75, -1, 0.125];

describe('a WAV file', () => {
  it.each<[string, Written]>([
    ['8 bits', { bits: 8 }],
    ['16 bits', {}],
    ['24 bits', { bits: 24 }],
    ['32 bits', { bits: 32 }],
    ['floats', { code: 3, bits: 32 }],
    ['long floats', { code: 3, bits: 64 }],
    ['the extensible format, behind an odd chunk', { bits: 24, extensible: true }],
    ['a stream that did not know its size', { size: 0xffffffff }],
    ['a stream that wrote none', { size: 0 }],
  ])('of %s has its values', (_, options) => {
    expect(readWav(file(ramp, options), 'x.wav')).toEqual({ rate: 8000, channels: 1, values: Float32Array.from(ramp) });
  });

  it('of several channels becomes their mean, and comes back from bytes as it was', () => {
    const stereo = readWav(file([1 / 2, 0, -1, 1 / 4], { channels: 2, rate: 44_100 }), 'x.wav');
    expect(stereo).toMatchObject({ rate: 44_100, channels: 2 });
    expect(Array.from(mono(stereo))).toEqual([0.25, -0.375]);
    const back = readWav(writeWav([0.5, -1, 2, -3], 16_000), 'y.wav');
    expect(back).toEqual({ rate: 16_000, channels: 1, values: Float32Array.of(0.5, -1, 1 - 2 ** -15, -1) });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing in it', new Uint8Array(), /found an empty one/],
    ['no sound', file([]), /header alone/],
    [
      'less than it says',
      file(ramp, { size: 500 }),
      /expected 500 bytes of sound as its header says, found 12; it is truncated/,
    ],
    ['half of a header', file(ramp).subarray(0, 30), /truncated/],
    ['a codec', file(ramp, { code: 85 }), /found the codec MP3; convert it first, such as by `ffmpeg/],
    ['a codec in the extensible format', file(ramp, { code: 6, extensible: true }), /A-law/],
    ['bits that there are not', file(ramp, { bits: 40 }), /expected samples of 8, 16, 24, 32 bits, found 40/],
    ['no channels', file(ramp, { channels: 0 }), /found 0 at 8000 Hz/],
    ['a number that is none', file([NaN], { code: 3, bits: 32 }), /expected finite numbers/],
    ['another format', new TextEncoder().encode('OggS and so on'), /found Ogg; convert it/],
    ['a text', new TextEncoder().encode('hello, world'), /does not begin as such/],
  ])('with %s is refused in a sentence', (_, bytes, message) => {
    expect(() => readWav(bytes, 'x.wav')).toThrow(message);
  });
});

/** Two classes of notes, with a stereo file of another rate, one that is too short and one that is none. */
function notes(): string {
  const note = (hertz: number, rate: number, seconds: number): number[] =>
    Array.from({ length: rate * seconds }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / rate));
  for (const [name, hertz] of [
    ['high', 1000],
    ['low', 300],
  ] as const) {
    mkdirSync(join(folder, 'notes', name), { recursive: true });
    for (let i = 0; i < 10; i++)
      writeFileSync(join(folder, 'notes', name, `${i}.wav`), file(note(hertz + 10 * i, 8000, 0.25)));
  }
  const stereo = note(500, 16_000, 0.25).flatMap((value) => [value, value]);
  writeFileSync(join(folder, 'notes', 'low', 'a.wav'), file(stereo, { rate: 16_000, channels: 2 }));
  writeFileSync(join(folder, 'notes', 'low', 'b.wav'), file([0.1, 0.2]));
  writeFileSync(join(folder, 'notes', 'low', 'c.wav'), 'no sound');
  return join(folder, 'notes');
}

describe('a folder of WAV files', () => {
  const path = notes();
  const read = (options: SoundOptions = {}): SoundSet => readSounds(path, options);

  it('is spectrograms of one length, with a class for each folder and a note on what was done', async () => {
    const set = read();
    expect(kindOf(set).name).toBe('spectrograms');
    // 0.25 s are 31.25 hops of 64, and 32 frames are a multiple of 8.
    expect(sampleShape(set)).toEqual([1, 40, 32]);
    expect([set.count, set.classNames]).toEqual([21, ['high', 'low']]);
    expect(set.notes).toEqual([
      expect.stringMatching(/^c\.wav was left out: expected a WAV file/),
      '1 file left out with less than 256 values, a frame',
      '1 file of 16000 Hz converted to 8000 Hz',
      '1 file of several channels mixed to one',
    ]);
    expect(factsOf(set).columns).toMatchObject({ sound: '0.256 s at 8000 Hz' });
    const parts = await Promise.all((['train', 'test'] as const).map((split) => openDataSet(path, { split })));
    expect(parts.map(({ count }) => count)).toEqual([19, 2]);
    expect(sampleShape(firstOf(parts[0]!, 3))).toEqual([1, 40, 32]);
  });

  it('is waves, at another rate and length too, of which long files are several', () => {
    const set = read({ as: 'wave', rate: 4000, seconds: 0.1 });
    expect(kindOf(set).name).toBe('sounds');
    expect(sampleShape(set)).toEqual([1, 512]);
    expect(set.count).toBe(42);
    const waves = read({ as: 'wave' });
    const batch = (seed: number): Float32Array => loadBatch(waves, scalerOf(waves), [0, 1, 2, 3], key(seed));
    // Batches have waves or their negatives.
    const signs = new Set(Array.from({ length: 8 }, (_, seed) => Math.sign(batch(seed)[40]!)));
    expect(signs.size).toBe(2);
    const power = batch(0).reduce((sum, value) => sum + value ** 2, 0) / (4 * 2048);
    expect(power).toBeGreaterThan(0.1);
  });

  it('comes back from the range of a model in decibels, as arrays, as a set and as files to hear', () => {
    const set = firstOf(read(), 2);
    const scaler = scalerOf(set);
    const units = { shape: sampleShape(set), scaler };
    const x = tensor(loadBatch(set, scaler, [0, 1], key(0)), [2, 1, 40, 32]);
    const mean = x.data.reduce((sum, value) => sum + value, 0) / x.data.length;
    const power = x.data.reduce((sum, value) => sum + value ** 2, 0) / x.data.length;
    expect(mean).toBeCloseTo(0, 3);
    expect(Math.sqrt(power)).toBeCloseTo(0.5, 3);
    const kind = dataKindOf(set);
    expect(kind.transformOk?.(scaler.transform, units)).toBe(true);
    expect(kind.transformOk?.(scaler.transform, { ...units, shape: [1, 40, 40] })).toBe(false);
    const array = kind.toArray(x, units);
    expect(array.shape).toEqual([2, 40, 32]);
    const own = kind.fromArray(array, units, 'again');
    const drawn = kind.toSet(x, units, {
      name: 'drawn',
      labels: Uint8Array.of(0, 1),
      classNames: ['high', 'low'],
    }) as unknown as SoundSet;
    for (const again of [own as unknown as SoundSet, drawn]) {
      const apart = again.values.map((value, j) => Math.abs(value - set.values[j]!));
      expect(Math.max(...apart)).toBeLessThan(1e-3);
    }
    const names = kind.files?.(drawn) ?? [];
    expect(names.map(([name]) => name)).toEqual(['high-1.wav', 'low-2.wav']);
    const { values } = readWav(names[0]?.[1] ?? new Uint8Array(), 'high-1.wav');
    expect(values.length).toBe(2048);
    // What is decoded has nearly the levels that it was decoded from, where they are heard.
    const levels = melLevels(values, set.form.mel);
    const heard = Array.from(levels.keys()).filter((j) => set.values[j]! > -30);
    const error = heard.reduce((sum, j) => sum + (levels[j]! - set.values[j]!) ** 2, 0) / heard.length;
    expect(heard.length).toBeGreaterThan(60);
    expect(Math.sqrt(error)).toBeLessThan(3);
    const { width, height } = kind.image?.(drawn, {}) ?? { width: 0, height: 0 };
    expect([width, height]).toEqual([2 * (5 * 32 + 8) + 8, 5 * 40 + 28 + 16]);
    expect(kind.formats?.map(({ ending }) => ending)).toEqual(['.wav']);
  });

  it('of a file alone is its pieces, some of them kept out', () => {
    const long = join(folder, 'long.wav');
    writeFileSync(
      long,
      writeWav(
        normal(key(1), 8000 * 11).map((value) => 0.1 * value),
        8000,
      ),
    );
    const set = readSounds(long, { as: 'wave', seconds: 0.5, split: 'train' });
    // 11 s are 21 clips of 0.512 s and less than half of one.
    expect([set.count, readSounds(long, { as: 'wave', seconds: 0.5, split: 'test' }).count]).toEqual([19, 2]);
    expect(waveOfRow(set, 0).length).toBe(4096);
  });

  it('refuses what it cannot use', () => {
    expect(() => readSounds(join(folder, 'notes', 'low', 'b.wav'))).toThrow(
      /expected sounds of at least 256 values, a frame, found none/,
    );
    expect(() => readSounds(join(folder, 'notes', 'low', 'c.wav'))).toThrow(/does not begin as such/);
    expect(() => read({ rate: 10 })).toThrow(/expected 1000 to 192000 Hz, got 10/);
    expect(() => read({ seconds: 1e6 })).toThrow(/expected more than 0 and at most/);
    expect(() => read({ limit: 5, split: 'test' })).toThrow(/at least 10 sounds/);
    const huge = join(folder, 'huge.wav');
    writeFileSync(huge, file(ramp));
    truncateSync(huge, 10 * 2 ** 30);
    expect(() => readSounds(huge)).toThrow(/expected at most 256 MiB, found 10240; cut it first/);
    const set = read();
    expect(() => loadBatch(set, scalerOf(read({ seconds: 0.1 })), [0], key(0))).toThrow(
      /expected spectrograms of 40 bands of 0.128 s at 8000 Hz/,
    );
    writeFileSync(join(folder, 'silent.wav'), file(new Array<number>(4000).fill(0)));
    expect(() => scalerOf(readSounds(join(folder, 'silent.wav')))).toThrow(/silent/);
  });
});
