import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch, permutation } from '../../src/base/random.ts';
import { concatRows, takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import {
  energyDistance,
  gaussianKernel,
  medianDistance,
  mmdSquared,
  polynomialKernel,
  type Kernel,
} from '../../src/evaluate/mmd.ts';

const cloud = (k: ReturnType<typeof key>, n: number, d: number): Tensor => normalBatch(split(k, n), [d]);
const moved = (x: Tensor, by: number): Tensor => ({ shape: x.shape, data: x.data.map((v) => v + by) });

const kernels: readonly (readonly [name: string, kernel: Kernel])[] = [
  ['Gaussian', gaussianKernel(0.5, 2)],
  ['polynomial', polynomialKernel()],
  ['minus the distance', (a, b) => -Math.hypot(...a.map((v, j) => v - b[j]!))],
];

it('kernels have their values', () => {
  const [a, b] = [Float64Array.of(1, 2), Float64Array.of(3, -4)];
  expect(polynomialKernel()(a, b)).toBeCloseTo((-5 / 2 + 1) ** 3, 14);
  expect(gaussianKernel(2, 5)(a, b)).toBeCloseTo((Math.exp(-40 / 8) + Math.exp(-40 / 50)) / 2, 14);
});

describe('by hand, on 3 against 3 points', () => {
  const x = tensor([0, 1, 3], [3, 1]);
  const y = tensor([1, 2, 5], [3, 1]);

  it('the energy distance', () => {
    // Distances: across (1 2 5) (0 1 4) (2 1 2), within 1 3 2 and 1 4 3.
    expect(energyDistance(x, y).value).toBeCloseTo((2 * 18) / 9 - (2 * 6) / 6 - (2 * 8) / 6, 14);
  });

  it('the kernel distance of a linear kernel', () => {
    // k = x y + 1: within 0 0 3 and 2 5 10, across 4 * 8, plus 1 for every pair.
    const { value } = mmdSquared(x, y, polynomialKernel({ degree: 1 }));
    expect(value).toBeCloseTo((2 * 3) / 6 + (2 * 17) / 6 - (2 * 4 * 8) / 9, 14);
  });

  it('the median distance', () => {
    expect(medianDistance(x)).toBe(2);
    expect(medianDistance(concatRows([x, tensor([8], [1, 1])]))).toBe((3 + 5) / 2);
  });
});

describe.each(kernels)('the squared discrepancy of the kernel %s', (_, kernel) => {
  const [x, y] = [cloud(key(1), 9, 2), moved(cloud(key(2), 7, 2), 0.4)];

  it('does not see the order of samples, and is symmetric', () => {
    const { value, standardError } = mmdSquared(x, y, kernel);
    const shuffled = mmdSquared(takeRows(x, [...permutation(key(3), 9)]), y, kernel);
    expect(shuffled.value).toBeCloseTo(value, 12);
    expect(shuffled.standardError).toBeCloseTo(standardError, 12);
    expect(mmdSquared(y, x, kernel).value).toBeCloseTo(value, 12);
  });

  it('has the standard error of estimates that leave one sample out', () => {
    const without = (set: Tensor, i: number): Tensor =>
      takeRows(
        set,
        [...Array(set.shape[0]).keys()].filter((k) => k !== i),
      );
    const spread = (left: readonly number[]): number => {
      const mean = left.reduce((a, b) => a + b, 0) / left.length;
      return ((left.length - 1) / left.length) * left.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    };
    const leftX = Array.from({ length: 9 }, (__, i) => mmdSquared(without(x, i), y, kernel).value);
    const leftY = Array.from({ length: 7 }, (__, i) => mmdSquared(x, without(y, i), kernel).value);
    expect(mmdSquared(x, y, kernel).standardError ** 2).toBeCloseTo(spread(leftX) + spread(leftY), 12);
  });

  it('of a set with itself is below zero: only the pairs across hold a sample twice', () => {
    expect(mmdSquared(x, x, kernel).value).toBeLessThan(0);
  });

  // The jackknife variance is right where the laws differ and up to twice too large where they do not.
  it.each([
    ['equal laws', 0, 0.8, 2.6],
    ['laws that differ', 1.5, 0.7, 1.5],
  ])(
    'has no bias for %s, and its error is its spread (400 pairs of sets, 4 standard errors)',
    (__, by, least, most) => {
      const runs = split(key(11), 400).map((k) =>
        mmdSquared(cloud(foldIn(k, 'x'), 12, 2), moved(cloud(foldIn(k, 'y'), 20, 2), by), kernel),
      );
      const mean = runs.reduce((sum, { value }) => sum + value, 0) / runs.length;
      const variance = runs.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (runs.length - 1);
      if (by === 0) expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / runs.length));
      else expect(mean).toBeGreaterThan(10 * Math.sqrt(variance / runs.length));
      const ratio = runs.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / runs.length / variance;
      expect(ratio).toBeGreaterThan(least);
      expect(ratio).toBeLessThan(most);
    },
  );
});

it('the Gaussian kernel gives the discrepancy of two Gaussians (300 pairs of sets, 4 standard errors)', () => {
  // E exp(-||u||^2 / (2 h^2)) for u of N(m, 2 I) in D dimensions is (h^2 / (h^2 + 2))^(D/2) exp(-||m||^2 / (2 (h^2 + 2))).
  const [h, by, d] = [1.5, 1, 2];
  const expected = 2 * (h ** 2 / (h ** 2 + 2)) ** (d / 2) * (1 - Math.exp((-d * by ** 2) / (2 * (h ** 2 + 2))));
  const values = split(key(12), 300).map(
    (k) => mmdSquared(cloud(foldIn(k, 'x'), 20, d), moved(cloud(foldIn(k, 'y'), 20, d), by), gaussianKernel(h)).value,
  );
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / values.length));
});

it('the energy distance is twice the integral of the squared difference of distribution functions on the line', () => {
  // For the biased means over all pairs, of which the unbiased one differs by the factors n / (n - 1) of its own pairs.
  const x = [0, 1, 3, 3.5];
  const y = [1, 2, 5, 7];
  const points = [...x, ...y].sort((a, b) => a - b);
  const cdf = (set: readonly number[], v: number): number => set.filter((u) => u <= v).length / set.length;
  const integral = points
    .slice(1)
    .reduce((sum, v, i) => sum + (v - points[i]!) * (cdf(x, points[i]!) - cdf(y, points[i]!)) ** 2, 0);
  const own = (set: readonly number[]): number =>
    set.flatMap((a) => set.map((b) => Math.abs(a - b))).reduce((a, b) => a + b, 0) / 16;
  const { value } = energyDistance(tensor(x, [4, 1]), tensor(y, [4, 1]));
  expect(value + (4 / 3 - 1) * (own(x) + own(y))).toBeCloseTo(2 * integral, 12);
});

it('sets and bandwidths that do not fit are refused', () => {
  expect(() => energyDistance(tensor([1, 2], [2, 1]), tensor([1, 2, 3], [3, 1]))).toThrow(ShapeError);
  expect(() => energyDistance(tensor([1, 2, 3], [3, 1]), tensor([1, 2, 3, 4, 5, 6], [3, 2]))).toThrow(ShapeError);
  expect(() => medianDistance(tensor([1], [1, 1]))).toThrow(ShapeError);
  expect(() => gaussianKernel()).toThrow(ConfigError);
  expect(() => gaussianKernel(1, 0)).toThrow(ConfigError);
  expect(() => polynomialKernel({ degree: 1.5 })).toThrow(ConfigError);
});
