/** @file Power-law averages: published numbers, quadrature, and sums of stored averages on trajectories that are known. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { profileProduct, profileSum, type Profile } from '../../src/evaluate/profile-sum.ts';
import { gammaOf, profileDecay, storedSpacing } from '../../src/score/power-profiles.ts';

describe('profiles', () => {
  it('have the exponents that widths ask for', () => {
    const known = [
      [0.05, 16.972199],
      [0.1, 6.937204],
      [0.15, 3.557869],
      [0.2, 1.826214],
      [0.25, 0.719824],
    ] as const;
    for (const [width, gamma] of known) expect(gammaOf(width)).toBeCloseTo(gamma, 6);
    for (const width of [0.001, 0.03, 0.28]) {
      const g = gammaOf(width);
      expect(Math.sqrt((g + 1) / ((g + 2) ** 2 * (g + 3)))).toBeCloseTo(width, 12);
      expect(g).toBeGreaterThan(-1);
    }
    for (const width of [0, -1, 0.2887, NaN]) expect(() => gammaOf(width)).toThrow(ConfigError);
  });

  it('decay by the weights of a whole step', () => {
    expect(profileDecay(gammaOf(0.05), 1000)).toBeCloseTo(0.98217951, 8);
    expect(profileDecay(gammaOf(0.05), 1)).toBe(0);
  });

  it('have the published products, which are those of quadrature', () => {
    const [a, b] = [gammaOf(0.05), gammaOf(0.1)];
    expect(profileProduct({ gamma: a, end: 1 }, { gamma: b, end: 1 })).toBeCloseTo(5.7267132, 7);
    expect(profileProduct({ gamma: a, end: 1 }, { gamma: a, end: 1 })).toBeCloseTo(9.2432535, 7);
    const value = ({ gamma, end }: Profile, t: number): number =>
      t > end ? 0 : ((gamma + 1) * t ** gamma) / end ** (gamma + 1);
    for (const [p, q] of [
      [
        { gamma: a, end: 3 },
        { gamma: b, end: 5 },
      ],
      [
        { gamma: a, end: 5 },
        { gamma: b, end: 3 },
      ],
    ] as const) {
      const n = 20_000;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (value(p, ((i + 0.5) * 3) / n) * value(q, ((i + 0.5) * 3) / n) * 3) / n;
      expect(profileProduct(p, q)).toBeCloseTo(sum, 5);
    }
  });
});

/** Averages of a trajectory, one number a step, with decaying weights after each step. */
function averages(path: ArrayLike<number>, gamma: number): readonly number[] {
  let mean = 0;
  return Array.from(path, (value, i) => {
    const beta = profileDecay(gamma, i + 1);
    return (mean = beta * mean + (1 - beta) * value);
  });
}

describe('sums of stored averages', () => {
  const steps = 1000;
  const widths = [0.05, 0.1];
  const at = (ends: readonly number[]): readonly Profile[] =>
    ends.flatMap((end) => widths.map((width) => ({ gamma: gammaOf(width), end })));
  const sixteenths = Array.from({ length: 16 }, (_, i) => Math.round((steps * (i + 1)) / 16));

  it('miss as much of a profile as is published for four snapshots, and little for sixteen', () => {
    const four = at([250, 500, 750, 1000]);
    const missed = (stored: readonly Profile[], width: number): number =>
      profileSum(stored, { gamma: gammaOf(width), end: steps }).residual;
    expect(missed(four, 0.075)).toBeCloseTo(0.03, 2);
    expect(missed(four, 0.15)).toBeCloseTo(0.1, 1);
    expect(missed(four, 0.2)).toBeCloseTo(0.2, 1);
    for (const width of [0.06, 0.075, 0.12, 0.15, 0.2])
      expect(missed(at(sixteenths), width)).toBeLessThan(0.6 * missed(four, width));
    expect(missed(four, 0.05)).toBeLessThan(1e-7);
  });

  it.each([
    ['a straight line', Array.from({ length: steps }, (_, i) => i / steps)],
    ['one that comes to rest', Array.from({ length: steps }, (_, i) => Math.exp(-i / 200))],
    ['noise', normal(key(2), steps)],
  ])('are the average of %s within what they miss', (_, path) => {
    const stored = at(sixteenths);
    const values = widths.map((width) => averages(path, gammaOf(width)));
    for (const width of [0.05, 0.07, 0.12, 0.2]) {
      const gamma = gammaOf(width);
      const { weights, residual } = profileSum(stored, { gamma, end: steps });
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      const sum = weights.reduce((all, weight, i) => all + weight * values[i % 2]![stored[i]!.end - 1]!, 0);
      const exact = averages(path, gamma).at(-1)!;
      // |integral of (p - q) x| <= |p - q| |x|, with |x|^2 the sum of squares: each number stays for a step.
      const norm = Math.sqrt(profileProduct({ gamma, end: steps }, { gamma, end: steps }));
      const size = Math.sqrt(Array.from(path).reduce((all, value) => all + value * value, 0));
      expect(Math.abs(sum - exact)).toBeLessThanOrEqual(residual * norm * size + 1e-9);
    }
  });
});

it('at most 16 averages are stored, and eight or more from step 80 on', () => {
  for (const step of [80, 159, 160, 161, 320, 999, 20_000, 1_234_567]) {
    const spacing = storedSpacing(step);
    const count = Math.floor(step / spacing);
    expect([count >= 8, count <= 16]).toEqual([true, true]);
    expect(Number.isInteger(Math.log2(spacing / 10))).toBe(true);
  }
});
