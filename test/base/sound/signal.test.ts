/** @file Transforms of sounds against closed forms: frames, bands, phases and rates. */
import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { griffinLim } from '../../../src/base/sound/griffin-lim.ts';
import { hertzOf, magnitudesOfLevels, melBands, melLevels, melOf, usualBands } from '../../../src/base/sound/mel.ts';
import { resampled } from '../../../src/base/sound/resample.ts';
import { inverseStft, magnitudesOf, stft } from '../../../src/base/sound/stft.ts';
import { isSoundForm, usualMel } from '../../../src/data/sounds/sound.ts';

const form = { window: 64, hop: 16 };
const sine = (length: number, hertz: number, rate: number, phase = 0): Float32Array =>
  Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate + phase));
const largest = (values: Iterable<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('the short-time Fourier transform', () => {
  it.each([256, 250, 5])('of %i values has its inverse', (length) => {
    const x = normal(key(1), length);
    const back = inverseStft(stft(x, form), form, length);
    expect(largest(back.map((value, n) => value - x[n]!))).toBeLessThan(1e-12);
  });

  it('of a sine has half of its amplitude times the sum of the window in its bin, and nothing two bins away', () => {
    const x = sine(256, 8, 64, 0.3);
    const { frames, bins } = stft(x, form);
    expect([frames, bins]).toEqual([16, 33]);
    const magnitudes = magnitudesOf(stft(x, form));
    // The Hann window of 64 adds up to 32; its transform has bins -1, 0 and 1 alone.
    expect(magnitudes[6 * bins + 8]).toBeCloseTo(16, 5);
    expect(magnitudes[6 * bins + 9]).toBeCloseTo(8, 5);
    expect(magnitudes[6 * bins + 10]).toBeLessThan(1e-5);
  });

  it('asks for an even window and a hop of at most half of it', () => {
    expect(() => stft([1], { window: 63, hop: 16 })).toThrow(/even/);
    expect(() => stft([1], { window: 64, hop: 40 })).toThrow(/half/);
  });
});

describe('mel bands', () => {
  it('lie on the scale of HTK', () => {
    expect(melOf(1000)).toBeCloseTo(999.9855, 3);
    expect(melOf(700)).toBeCloseTo(2595 * Math.log10(2), 9);
    expect(hertzOf(melOf(3210))).toBeCloseTo(3210, 9);
  });

  it.each([8000, 16_000, 22_050, 44_100])(
    'of %i Hz add up to 1 between the middles of the first and the last',
    (rate) => {
      const mel = usualMel(rate);
      const sums = new Float64Array(mel.window / 2 + 1);
      for (const { first, weights } of melBands(mel)) weights.forEach((weight, i) => (sums[first + i]! += weight));
      const step = (melOf(mel.high) - melOf(mel.low)) / (mel.bands + 1);
      const inside = sums.filter((_, k) => {
        const at = melOf((k * rate) / mel.window);
        return at >= melOf(mel.low) + step && at <= melOf(mel.high) - step;
      });
      expect(inside.length).toBeGreaterThan(100);
      expect(largest(inside.map((sum) => sum - 1))).toBeLessThan(1e-12);
      expect(isSoundForm({ as: 'wave', length: 100, mel }, [1, 100])).toBe(true);
    },
  );

  it('are 40 of 8,000 Hz, and refuse to be empty', () => {
    expect(usualMel(8000)).toMatchObject({ window: 256, hop: 64, bands: 40, low: 60, high: 4000 });
    expect(usualBands({ rate: 8000, window: 64, low: 60, high: 4000 })).toBe(8);
    expect(() => melBands({ ...usualMel(8000), bands: 120 })).toThrow(/no bin/);
  });

  it('of a sine say how loud it is, and of silence the floor', () => {
    const mel = { ...usualMel(8000), bands: 20 };
    const frames = 40;
    const levels = melLevels(
      sine(frames * 64, 1000, 8000).map((value) => value / 10),
      mel,
    );
    // Amplitude 0.1 is -20 dB; bands that share the three bins of the window see at most 2 as much.
    const peak = Math.max(...Array.from({ length: 20 }, (_, band) => levels[band * frames + 20]!));
    expect(peak).toBeGreaterThan(-22);
    expect(peak).toBeLessThan(-14);
    expect(new Set(melLevels(new Float32Array(640), mel))).toEqual(new Set([mel.floor]));
    // A gain of g is 20 log10 g dB in all bands that are above the floor.
    const louder = melLevels(sine(frames * 64, 1000, 8000), mel);
    const apart = louder.map((level, j) => (levels[j]! > mel.floor ? level - levels[j]! : 20));
    expect(largest(apart.map((value) => value - 20))).toBeLessThan(1e-4);
  });

  it('have magnitudes of which the levels are theirs', () => {
    const mel = usualMel(8000);
    const x = Float32Array.from(normal(key(2), 1024), (value) => 0.1 * value);
    const levels = melLevels(x, mel);
    const magnitudes = magnitudesOfLevels(levels, mel);
    expect(Math.min(...magnitudes)).toBeGreaterThanOrEqual(0);
    const unit = 2 / 128;
    const frames = levels.length / mel.bands;
    const errors = melBands(mel).flatMap(({ first, weights }, band) =>
      Array.from({ length: frames }, (_, t) => {
        const sum = weights.reduce((all, weight, i) => all + weight * magnitudes[t * 129 + first + i]!, 0);
        return 20 * Math.log10(unit * sum) - levels[band * frames + t]!;
      }),
    );
    // White noise is no sum of triangles exactly where bands have one bin each.
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)).toBeLessThan(1);
  });
});

describe('the algorithm of Griffin and Lim', () => {
  it('finds a sound of the magnitudes of a chirp, and the better the longer it goes on', () => {
    const mel = usualMel(8000);
    const length = 2048;
    const x = Float64Array.from({ length }, (_, n) => Math.sin(2e-4 * n ** 2 + 0.2 * n));
    const magnitudes = magnitudesOf(stft(x, mel));
    const size = Math.sqrt(magnitudes.reduce((sum, value) => sum + value ** 2, 0));
    const errorOf = (iterations: number, momentum = 0.99): number => {
      const found = griffinLim(magnitudes, mel, { length, key: key(3), iterations, momentum });
      const own = magnitudesOf(stft(found, mel));
      return Math.sqrt(own.reduce((sum, value, j) => sum + (value - magnitudes[j]!) ** 2, 0)) / size;
    };
    const [none, slow, fast] = [errorOf(0), errorOf(40, 0), errorOf(40)];
    expect(slow).toBeLessThan(none / 2);
    expect(fast).toBeLessThan(slow);
    expect(fast).toBeLessThan(0.1);
  });
});

describe('another rate', () => {
  it.each([
    [22_050, 8000],
    [8000, 16_000],
    [44_100, 16_000],
  ])('from %i to %i Hz keeps a sine that both have, and drops one that only the higher has', (from, to) => {
    const low = 0.35 * Math.min(from, to);
    const found = resampled(sine(from / 5, low, from), from, to);
    expect(found.length).toBe(Math.ceil(((from / 5) * to) / from));
    const inside = found.length / 2;
    const error = found.map((value, n) => value - Math.sin((2 * Math.PI * low * n) / to));
    expect(largest(error.subarray(inside - 300, inside + 300))).toBeLessThan(1e-3);
    if (to > from) return;
    const gone = resampled(sine(from / 5, 0.54 * to, from), from, to);
    expect(largest(gone.subarray(inside - 300, inside + 300))).toBeLessThan(1e-3);
  });

  it('keeps what is constant', () => {
    const found = resampled(new Float32Array(2000).fill(0.5), 11_025, 8000);
    expect(largest(found.subarray(200, 1200).map((value) => value - 0.5))).toBeLessThan(1e-6);
  });
});
