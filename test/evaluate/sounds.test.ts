/** @file Distances of sounds against closed forms, and what the report of sounds says of noise and of sounds themselves. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import type { KindReport } from '../../src/catalog/data-kinds/data-kind.ts';
import { dataKindOf } from '../../src/catalog/data-kinds/find.ts';
import { soundSet } from '../../src/data/sounds/sound-set.ts';
import { usualMel } from '../../src/data/sounds/sound.ts';
import { logSpectralDistance, melCepstralDistance } from '../../src/evaluate/sounds.ts';

const frames = 12;
const magnitudes = normal(key(1), frames * 33).map((value) => 1 + Math.abs(value));
const levels = normal(key(2), frames * 20).map((value) => 5 * value);

describe('the log-spectral distance', () => {
  it('of a sound and g times that is |20 log10 g|', () => {
    for (const gain of [1, 0.1, 3])
      expect(logSpectralDistance({ a: magnitudes.map((value) => gain * value), b: magnitudes, frames })).toBeCloseTo(
        Math.abs(20 * Math.log10(gain)),
        9,
      );
  });

  it('counts nothing below the floor, nor frames that are not heard', () => {
    const quiet = magnitudes.map((value, j) => (j % 33 === 0 ? 1e-9 : j < 33 ? 1e-4 * value : value));
    const other = quiet.map((value, j) => (j % 33 === 0 ? 1e-7 : j < 33 ? 10 * value : value));
    expect(logSpectralDistance({ a: other, b: quiet, frames })).toBe(0);
  });
});

describe('the mel-cepstral distance', () => {
  it('does not see loudness, and of one coefficient has its closed form', () => {
    expect(melCepstralDistance({ a: levels.map((level) => level + 7), b: levels, frames })).toBeLessThan(1e-9);
    const [bands, k, size] = [20, 3, 2];
    const wave = levels.map((level, j) => level + size * Math.cos((Math.PI * k * (Math.floor(j / frames) + 0.5)) / bands)); // prettier-ignore
    // The coefficient of a cosine of size s is s sqrt(bands / 2), in decibels ln 10 / 20 times that in logarithms.
    const expected = ((10 * Math.SQRT2) / Math.LN10) * (Math.LN10 / 20) * size * Math.sqrt(bands / 2);
    expect(melCepstralDistance({ a: wave, b: levels, frames })).toBeCloseTo(expected, 9);
    const beyond = levels.map((level, j) => level + Math.cos((Math.PI * 15 * (Math.floor(j / frames) + 0.5)) / bands));
    expect(melCepstralDistance({ a: beyond, b: levels, frames })).toBeLessThan(1e-9);
  });

  it('needs two sounds of one length', () => {
    expect(() => melCepstralDistance({ a: levels, b: magnitudes, frames })).toThrow(/one length/);
  });
});

describe('the report of sounds', () => {
  /** Notes that begin and end, of any pitch. */
  const notes = (seed: number, count: number, length = 1024): Float32Array => {
    const out = new Float32Array(count * length);
    for (let i = 0; i < count; i++) {
      const [pitch = 0, phase = 0] = uniform(foldIn(key(seed), i), 2);
      for (let n = 0; n < length; n++)
        out[i * length + n] = 0.4 * Math.sin((Math.PI * n) / length) * Math.sin((0.2 + pitch) * n + 6.28 * phase);
    }
    return out;
  };

  it('finds other notes nearer than noise of their spectrum, noise itself there, and a decoder that is heard to be near', () => {
    const form = { as: 'wave', length: 1024, mel: { ...usualMel(8000), floor: -40 } } as const;
    const setOf = (waves: Float32Array) => {
      const set = soundSet(waves, form, { name: 'notes' });
      return { set, rows: [...Array(set.count).keys()] };
    };
    const [reference, real] = [setOf(notes(1, 48)), setOf(notes(2, 48))];
    const samples = setOf(normal(key(3), 48 * 1024) as unknown as Float32Array);
    const steps = dataKindOf(reference.set).compare?.({ samples, reference, real });
    let next = steps?.next();
    // The decoder has 16 sounds at most, each of which is a step.
    for (let i = 1; i <= 16; i++, next = steps?.next()) expect(next?.value).toBe(i / 16);
    expect(next?.done).toBe(true);
    const report = next?.value as KindReport;
    const { frames: found, decoders } = report.value as unknown as {
      frames: Record<string, number>;
      decoders: Record<string, Record<'spectral' | 'cepstral', { value: number }>>;
    };
    expect(found['floor']).toBeLessThan(found['noise']! / 3);
    expect(found['distance']).toBeGreaterThan(found['noise']!);
    expect(decoders['Griffin-Lim']?.cepstral.value).toBeLessThan(2);
    expect(decoders['Griffin-Lim']?.spectral.value).toBeLessThan(12);
    expect(Object.keys(report.rows)).toEqual(['  FD (mel-40)', '  Griffin-Lim']);
  });
});
