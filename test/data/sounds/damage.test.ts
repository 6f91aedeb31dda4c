/** @file What is lost of sounds, and how near a restored one is. */
import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { griffinLim } from '../../../src/base/sound/griffin-lim.ts';
import { magnitudesOf, stft } from '../../../src/base/sound/stft.ts';
import { kindOf, sampleShape, scalerOf } from '../../../src/data/dataset.ts';
import { beyondLevel, lostDecibels, withClipping, withGaps } from '../../../src/data/sounds/damage.ts';
import { soundSet } from '../../../src/data/sounds/sound-set.ts';
import { usualMel, waveOfRow, type SoundSet } from '../../../src/data/sounds/sound.ts';

const wave = Float32Array.from({ length: 1024 }, (_, n) => 0.5 * Math.sin(0.3 * n));

describe('a gap', () => {
  it('is silent and unknown, and must lie within the sound', () => {
    const { measured, known } = withGaps(wave, 8000, [[0.05, 0.06]]);
    const lost = [...known.keys()].filter((n) => Number.isNaN(known[n]));
    expect([lost[0], lost.at(-1)]).toEqual([400, 479]);
    expect(measured.subarray(400, 480).every((value) => value === 0)).toBe(true);
    expect(lostDecibels(wave, measured, known)).toBeCloseTo(0, 9);
    expect(lostDecibels(wave, wave.map((value) => 0.9 * value), known)).toBeCloseTo(20, 4); // prettier-ignore
    expect(() => withGaps(wave, 8000, [[0.1, 0.2]])).toThrow(/within the 0.128 s of the sound, got 0.1,0.2/);
  });
});

describe('clipping', () => {
  it('at a level loses what is beyond it, and is found where a sound stands at its greatest value', () => {
    const clipped = withClipping(wave, 0.3);
    expect(Math.max(...clipped.measured)).toBeCloseTo(0.3, 6);
    expect(withClipping(clipped.measured).known).toEqual(clipped.known);
    // A sine is beyond 0.6 of its height for arccos(0.6) 2 / pi of the time.
    const share = clipped.known.filter(Number.isNaN).length / wave.length;
    expect(share).toBeCloseTo((2 * Math.acos(0.6)) / Math.PI, 2);
    expect(() => withClipping(wave)).toThrow(/expected a clipped sound/);
    expect(() => withClipping(wave, 0.7)).toThrow(/expected a level of at most the greatest value, 0.5, got 0.7/);
  });

  it('is undone beyond the level alone', () => {
    const damaged = withClipping(wave, 0.3);
    const back = beyondLevel(wave.map((value) => value / 4), damaged); // prettier-ignore
    back.forEach((value, n) => {
      if (Number.isNaN(damaged.known[n])) expect(value).toBeCloseTo(damaged.measured[n]!, 3);
      else expect(value).toBeCloseTo(wave[n]! / 4, 6);
    });
    const same = beyondLevel(wave, damaged).map((value, n) => Math.abs(value - wave[n]!));
    expect(Math.max(...same)).toBeLessThan(1e-3 * 0.3);
  });
});

describe('what is missing of a set of sounds', () => {
  it.each(['wave', 'mel'] as const)('of %s is sought, and what is known stays', (as) => {
    const mel = usualMel(8000);
    const whole = soundSet(wave.slice(), { as, length: 1024, mel }, { name: 'whole' });
    const set = soundSet(withGaps(wave, 8000, [[0.05, 0.06]]).known, { as, length: 1024, mel }, { name: 'gap' });
    const { gaps } = kindOf(set);
    expect([gaps?.isIncomplete(set, 0), gaps?.isIncomplete(whole, 0)]).toEqual([true, false]);
    const scaler = scalerOf(whole);
    const { known, x } = gaps!.known(set, { scaler, rows: [0], key: key(0) }, sampleShape(set));
    // Frames of 256 that touch the values 400 to 479 are those that begin at 64 t - 96 from 145 to 479: t = 4 to 8.
    expect(known.filter((mark) => mark === 0).length).toBe(as === 'wave' ? 80 : 5 * 40);
    expect(x.every(Number.isFinite)).toBe(true);
    const samples = { ...whole, values: whole.values.map(() => -20), count: 1 };
    const filled = gaps!.filled(set, [0], samples) as unknown as SoundSet;
    expect(filled.values.every((value, j) => (known[j] === 1 ? value === whole.values[j] : value === -20))).toBe(true);
    // The wave of what is known is kept, whatever stands in the gap.
    const restored = waveOfRow(filled, 0);
    const apart = restored.filter((value, n) => (n < 400 || n > 479) && value !== wave[n]);
    expect(apart.length).toBe(0);
    expect(restored.every(Number.isFinite)).toBe(true);
  });

  it('is found by phases that what is known asks for', () => {
    const form = usualMel(8000);
    const { known } = withGaps(wave, 8000, [[0.05, 0.06]]);
    const found = griffinLim(magnitudesOf(stft(wave, form)), form, {
      length: 1024,
      key: key(1),
      known,
      iterations: 60,
    });
    expect(lostDecibels(wave, Float32Array.from(found), known)).toBeGreaterThan(10);
  });
});
