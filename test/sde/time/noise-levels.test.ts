import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { normalCdf } from '../../../src/base/gamma.ts';
import { smldSigmas } from '../../../src/sde/processes/discrete.ts';
import { langevinStep, levelCount, levelRatio } from '../../../src/sde/time/noise-levels.ts';

describe('technique 2, the ratio of neighboring levels', () => {
  it('has the roots of the published equation', () => {
    // Found by bisection of the equation, for images of 32, 64, 128 and 256 pixels in color.
    const roots = [
      [3072, 1.0398],
      [12288, 1.01951],
      [49152, 1.00966],
      [196608, 1.004807],
    ] as const;
    for (const [dimension, root] of roots) expect(Math.abs(levelRatio(dimension) - root)).toBeLessThan(6e-6);
  });

  it.each([5, 6, 10, 64, 784, 3072, 196608])('makes shells overlap by half in %d dimensions', (dimension) => {
    const ratio = levelRatio(dimension);
    const s = Math.sqrt(2 * dimension);
    const overlap = normalCdf(s * (ratio - 1) + 3 * ratio) - normalCdf(s * (ratio - 1) - 3 * ratio);
    expect(Math.abs(overlap - 0.5)).toBeLessThan(1e-8);
  });

  it('has no limit where shells of any two levels overlap', () => {
    expect([1, 2, 4].map(levelRatio)).toEqual([Infinity, Infinity, Infinity]);
  });

  it('gives the least number of levels', () => {
    for (const ratio of [1.0398, 1.2, 3, 1e9]) {
      const levels = levelCount({ sigmaMin: 0.01, sigmaMax: 50, ratio });
      const of = (n: number): number => smldSigmas({ levels: n })[1]! / 0.01;
      expect(of(levels)).toBeLessThanOrEqual(ratio);
      if (levels > 2) expect(of(levels - 1)).toBeGreaterThan(ratio);
    }
    expect(levelCount({ sigmaMin: 0.01, sigmaMax: 50, ratio: levelRatio(3072) })).toBe(220);
    // The published 232 levels from 50 down to 0.01 have the ratio 5000^(1 / 231).
    expect(levelCount({ sigmaMin: 0.01, sigmaMax: 50, ratio: 5000 ** (1 / 231) })).toBe(232);
    expect(levelCount({ sigmaMin: 1, sigmaMax: 2, ratio: Infinity })).toBe(2);
  });
});

/** Variance of a level's noise after T Langevin steps, as the recursion of a linear score has it. */
function recursion(ratio: number, steps: number, stepSize: number): number {
  let variance = ratio ** 2;
  for (let i = 0; i < steps; i++) variance = (1 - stepSize) ** 2 * variance + 2 * stepSize;
  return variance;
}

describe('technique 4, the step size', () => {
  // Largest level, number of levels, T and the published epsilon / 0.01^2, of CIFAR-10, CelebA, LSUN bedrooms and FFHQ.
  it.each([
    { sigmaMax: 50, levels: 232, steps: 5, published: 0.062, variance: 1.0555 },
    { sigmaMax: 90, levels: 500, steps: 5, published: 0.033, variance: 1.0314 },
    { sigmaMax: 190, levels: 1086, steps: 3, published: 0.018, variance: 1.0174 },
    { sigmaMax: 348, levels: 2311, steps: 3, published: 0.009, variance: 1.0089 },
  ])(
    'for $sigmaMax down to 0.01 in $levels levels is the published one',
    ({ sigmaMax, levels, steps, published, variance }) => {
      const ratio = (sigmaMax / 0.01) ** (1 / (levels - 1));
      const found = langevinStep({ ratio, steps });
      expect(found.stepSize).toBeCloseTo(published, 3);
      expect(found.variance).toBeCloseTo(variance, 4);
      expect(recursion(ratio, steps, published)).toBeCloseTo(variance, 4);
    },
  );

  it('is the best there is, and its variance that of the chain', () => {
    for (const ratio of [1.001, 1.04, 1.5, 4, 30])
      for (const steps of [1, 3, 5, 100]) {
        const { stepSize, variance } = langevinStep({ ratio, steps });
        expect(Math.abs(recursion(ratio, steps, stepSize) / variance - 1)).toBeLessThan(1e-10);
        for (let a = 0.001; a < 1; a += 0.001) expect(recursion(ratio, steps, a)).toBeGreaterThan(variance - 1e-12);
      }
  });
});

it.each([
  [() => levelRatio(0), 'dimension: expected a positive integer, got 0'],
  [() => levelCount({ sigmaMin: 1, sigmaMax: 1, ratio: 2 }), 'sigmaMax: expected a number above sigmaMin = 1, got 1'],
  [() => levelCount({ sigmaMin: 1, sigmaMax: 2, ratio: 1 }), 'ratio: expected a number above 1, got 1'],
  [() => langevinStep({ ratio: 1, steps: 5 }), 'ratio: expected a number above the constant = 1, got 1'],
  [() => langevinStep({ ratio: Infinity, steps: 5 }), 'ratio: expected a number above the constant = 1, got Infinity'],
  [() => langevinStep({ ratio: 2, steps: 0 }), 'steps: expected a positive integer, got 0'],
])('options out of range are refused: %o', (call, message) => {
  expect(call).toThrow(ConfigError);
  expect(call).toThrow(message);
});
