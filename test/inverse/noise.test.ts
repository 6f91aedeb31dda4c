import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { concatRows, takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import { gaussianNoise, poissonNoise, type NoiseModel } from '../../src/inverse/noise.ts';
import { kolmogorovSmirnov, normalCdf, standardErrors } from '../base/statistics.ts';

const models: Readonly<Record<string, NoiseModel>> = {
  gaussian: gaussianNoise(0.3),
  poisson: poissonNoise({ rate: 5 }),
  'poisson of values from -1': poissonNoise({ rate: 40, offset: 1 }),
};

describe.each(Object.entries(models))('%s noise', (_, noise) => {
  const clean = tensor([0.2, 0.9, 1.5, 0.01, 2, 0.4], [2, 3]);

  it('gives sample i from key i alone', () => {
    const keys = split(key(1), 2);
    const y = noise.simulate(keys, clean);
    expect(noise.simulate(keys, clean)).toEqual(y);
    expect(concatRows([0, 1].map((i) => noise.simulate([keys[i]!], takeRows(clean, [i]))))).toEqual(y);
    expect(noise.simulate(split(key(2), 2), clean)).not.toEqual(y);
    expect(() => noise.simulate(keys.slice(1), clean)).toThrow(ShapeError);
  });

  it('has the mean m and the variance that it says', () => {
    for (const m of [0.05, 1, 3]) {
      const n = 20_000;
      const y = noise.simulate([key(7)], tensor(new Float64Array(n).fill(m), [1, n])).data;
      const variance = noise.variance(tensor([m], [1])).data[0]!;
      expect(standardErrors(y, (value) => value, { mean: m, variance })).toBeLessThan(4);
      const squares = y.map((value) => (value - m) ** 2);
      const spread = squares.reduce((sum, value) => sum + (value - variance) ** 2, 0) / n;
      expect(standardErrors(squares, (value) => value, { mean: variance, variance: spread })).toBeLessThan(4);
    }
  });

  it('has the gradient of its log-likelihood by m, where intensities are positive and where they are not', () => {
    const y = noise.simulate(split(key(3), 2), clean);
    for (const m of [clean, tensor([-0.5, -2, -1.001, -0.9995, 0.001, 0.0019], [2, 3])]) {
      const gradient = noise.gradient(y, m);
      const h = 1e-6;
      m.data.forEach((_, j) => {
        const at = (sign: number): number => {
          const moved: Tensor = {
            shape: m.shape,
            data: m.data.map((value, i) => (i === j ? value + sign * h : value)),
          };
          return noise.logLikelihood(y, moved)[Math.floor(j / 3)]!;
        };
        // Third derivatives of k log m grow as rate^3 k / counts^3, up to 1e7 near the least counts: 1e-12 of that.
        const found = (at(1) - at(-1)) / (2 * h);
        expect(Math.abs(found - gradient.data[j]!)).toBeLessThan(1e-5 * (1 + Math.abs(found)));
      });
    }
    expect(() => noise.logLikelihood(takeRows(y, [0]), clean)).toThrow(ShapeError);
    expect(() => noise.gradient(takeRows(y, [0]), clean)).toThrow(ShapeError);
  });
});

it('draws normal numbers and knows their density', () => {
  const noise = gaussianNoise(0.3);
  const y = noise.simulate([key(1)], tensor(new Float64Array(5000).fill(2), [1, 5000]));
  const z = y.data.map((value) => (value - 2) / 0.3);
  expect(kolmogorovSmirnov(z, normalCdf)).toBeLessThan(1.95);
  const density = noise.logLikelihood(tensor([2.6, 2], [1, 2]), tensor([2, 2], [1, 2]))[0]!;
  expect(density).toBeCloseTo(-0.5 * 4 - 2 * Math.log(0.3 * Math.sqrt(2 * Math.PI)), 13);
});

/** Probabilities of 0 to n - 1 counts, by the recurrence from the mode. */
function poissonLaw(mean: number, n: number): Float64Array {
  const law = new Float64Array(n);
  const mode = Math.floor(mean);
  law[mode] = 1;
  for (let k = mode + 1; k < n; k++) law[k] = (law[k - 1]! * mean) / k;
  for (let k = mode - 1; k >= 0; k--) law[k] = (law[k + 1]! * (k + 1)) / mean;
  const total = law.reduce((a, b) => a + b);
  return law.map((value) => value / total);
}

// Means below 30 are drawn by inversion, others by rejection.
it.each([0.02, 3, 29.5, 30.5, 400])('draws and weighs Poisson counts of mean %d', (mean) => {
  const noise = poissonNoise({ rate: 1 });
  const most = Math.ceil(mean + 12 * Math.sqrt(mean) + 12);
  const law = poissonLaw(mean, most);
  law.forEach((p, k) => {
    const log = noise.logLikelihood(tensor([k], [1, 1]), tensor([mean], [1, 1]))[0]!;
    expect(Math.abs(log - Math.log(p))).toBeLessThan(1e-10);
  });

  const n = mean < 30 ? 20_000 : 400_000; // rejection has more to go wrong
  const counts = new Float64Array(most);
  noise.simulate([key(11)], tensor(new Float64Array(n).fill(mean), [1, n])).data.forEach((k) => (counts[k]! += 1));
  expect(counts.reduce((a, b) => a + b)).toBe(n);
  let [chiSquare, cells, left, expectedLeft] = [0, 0, 0, 0];
  law.forEach((p, k) => {
    left += counts[k]!;
    expectedLeft += n * p;
    // Cells of at least 10 expected counts, from left to right.
    if (expectedLeft < 10) return;
    chiSquare += (left - expectedLeft) ** 2 / expectedLeft;
    cells += 1;
    [left, expectedLeft] = [0, 0];
  });
  expect(chiSquare).toBeLessThan(cells + 4.5 * Math.sqrt(2 * cells)); // mean and 4.5 standard deviations
});

it('takes intensities below zero for darkness', () => {
  const y = poissonNoise({ rate: 10 }).simulate([key(1)], tensor([-0.5, 0, -1e9], [1, 3]));
  expect([...y.data]).toEqual([0, 0, 0]);
});

it('refuses laws that are none', () => {
  expect(() => gaussianNoise(0)).toThrow('std: expected a positive number, got 0');
  expect(() => poissonNoise({ rate: -1 })).toThrow(ConfigError);
  expect(() => poissonNoise({ rate: 1, offset: NaN })).toThrow('offset: expected a number, got NaN');
});
