import { describe, expect, it } from 'vitest';
import { combine, map } from '../../../src/base/arith.ts';
import { inverseCholesky } from '../../../src/base/cholesky.ts';
import { ConfigError, ShapeError } from '../../../src/base/errors.ts';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { sizeOf, tensor, zeros, type Shape, type Tensor } from '../../../src/base/tensor.ts';
import { autoregressionSpectrum, powerLawSpectrum } from '../../../src/sde/exact/field-spectrum.ts';
import { fieldDistance, gaussianField, type ExactField } from '../../../src/sde/exact/gaussian-field.ts';
import { gaussian } from '../../../src/sde/exact/gaussian.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { vp } from '../../../src/sde/processes/vp.ts';

/** The covariance of a field as a matrix, from that of each unit vector. */
function matrixOf(field: ExactField, shape: Shape): Float64Array {
  const n = sizeOf(shape);
  const units = zeros([n, ...shape]);
  for (let i = 0; i < n; i++) units.data[i * n + i] = 1;
  return field.covariance(units).data;
}

/** The time at which VE noise has a standard deviation. */
const veAt = (sigma: number): number => {
  const sde = ve({ sigmaMin: 0.01, sigmaMax: 50 });
  return Math.log(sigma / 0.01) / Math.log(sde.sigma(1) / 0.01);
};

describe('an autoregression of one step around a circle of 64, phi = .9', () => {
  const sde = ve({ sigmaMin: 0.01, sigmaMax: 50 });
  const spectrum = autoregressionSpectrum(64, { coefficients: [0.9] });
  const field = gaussianField(sde, { spectrum });

  // Computed apart in numpy, to the digits that are given.
  it('has the golden spectrum', () => {
    const { data } = spectrum;
    expect(Math.min(...data)).toBeCloseTo(0.277008, 6);
    expect(Math.max(...data)).toBeCloseTo(100, 9);
    expect(data.reduce((sum, l) => sum + l / 64, 0)).toBeCloseTo(5.275583, 6);
  });

  it.each([
    [0.1, 0.982375],
    [1, 0.463435],
    [10, 0.03717],
  ])('has the golden floor of the noise error at sigma %d', (sigma, floor) => {
    expect(sde.sigma(veAt(sigma))).toBeCloseTo(sigma, 9);
    expect(field.noiseFloor(veAt(sigma))).toBeCloseTo(floor, 6);
  });

  it('has the golden entropy and distance', () => {
    // log(2 pi e) / 2 for each innovation, but for the ends: log det is 0 to 4e-5 on a circle.
    expect(field.entropyNats / 64).toBeCloseTo(1.418957, 6);
    const other = autoregressionSpectrum(64, { coefficients: [0.8] });
    expect(fieldDistance({ spectrum }, { spectrum: other }) ** 2 / 64).toBeCloseTo(0.660423, 6);
    expect(fieldDistance({ spectrum, mean: tensor(new Float64Array(64).fill(2), [64]) }, { spectrum })).toBeCloseTo(16);
  });

  it('has the covariance of the endless process but for what comes around the circle', () => {
    const row = matrixOf(field, [64]).subarray(0, 64);
    // sum over turns of phi^|j + 64 n| / (1 - phi^2)
    const wrapped = (j: number): number => (0.9 ** j + 0.9 ** (64 - j)) / (1 - 0.9 ** 64) / (1 - 0.81);
    for (const j of [0, 1, 5, 32]) expect(row[j]).toBeCloseTo(wrapped(j), 10);
  });
});

describe.each<[string, Tensor, number | undefined]>([
  ['a circle', autoregressionSpectrum(12, { coefficients: [0.5, -0.3] }), undefined],
  ['a plane of odd sizes', powerLawSpectrum([3, 5]), undefined],
  ['a volume', powerLawSpectrum([2, 3, 4], { slope: 2, variance: 3 }), undefined],
  ['two independent channels', tensor([1, 2, 3, 2, 5, 0.5, 0.1, 0.5], [2, 4]), 1],
])('%s', (_, spectrum, axes) => {
  const { shape } = spectrum;
  const size = sizeOf(shape);
  const mean = tensor(normalBatch([key(3)], shape).data, shape);
  const sde = vp();
  const field = gaussianField(sde, { spectrum, mean, ...(axes && { axes }) });
  const covariance = matrixOf(field, shape);

  it('has the dense normal law of its covariance', async () => {
    const x = normalBatch(split(key(4), 3), shape);
    for (const t of [0.01, 0.3, 0.9]) {
      const [a, s] = [sde.alpha(t), sde.sigma(t)];
      const dense = covariance.map((value, at) => a * a * value + (at % (size + 1) === 0 ? s * s : 0));
      const { inverse, logDeterminant } = inverseCholesky(dense, size);
      const densities = field.logDensity(x, t);
      const [{ data: score }, { data: denoised }] = [await field.score(x, t), await field.denoised(x, t)];
      for (let i = 0; i < 3; i++) {
        const apart = mean.data.map((m, j) => x.data[i * size + j]! - a * m);
        const white = apart.map((__, r) => apart.reduce((sum, v, c) => sum + inverse[r * size + c]! * v, 0));
        const square = white.reduce((sum, v) => sum + v * v, 0);
        expect(densities[i]).toBeCloseTo(-0.5 * (square + logDeterminant + size * Math.log(2 * Math.PI)), 9);
        for (let j = 0; j < size; j++) {
          const expected = -white.reduce((sum, v, r) => sum + inverse[r * size + j]! * v, 0);
          expect(score[i * size + j]).toBeCloseTo(expected, 9);
          // Tweedie.
          const estimate = (x.data[i * size + j]! + s * s * expected) / a;
          expect(denoised[i * size + j]).toBeCloseTo(estimate, 9);
        }
      }
    }
  });

  it('draws samples of its mean and covariance', () => {
    const n = 4000;
    const draws = field.draw(split(key(5), n));
    const apart = map(draws, (value, at) => value - mean.data[at % size]!);
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [size - 1, 2],
    ] as const) {
      const products = Float64Array.from(
        { length: n },
        (__, k) => apart.data[k * size + i]! * apart.data[k * size + j]!,
      );
      const average = products.reduce((sum, v) => sum + v / n, 0);
      const spread = Math.sqrt(products.reduce((sum, v) => sum + (v - average) ** 2 / n, 0) / n);
      // Four standard errors of n draws.
      expect(Math.abs(average - covariance[i * size + j]!)).toBeLessThan(4 * spread);
    }
  });
});

it('a flat spectrum is what gaussian is', async () => {
  const mean = tensor([1, -2, 3, 0.5], [4]);
  const field = gaussianField(vp(), { spectrum: tensor([4, 4, 4, 4], [4]), mean });
  const known = gaussian(vp(), { mean, std: 2 });
  const x = normalBatch(split(key(1), 5), [4]);
  for (const t of [0.1, 0.7]) {
    expect([...field.logDensity(x, t)]).toEqual(
      [...known.logDensity(x, t)].map((v) => expect.closeTo(v, 10) as number),
    );
    const gap = combine([1, await field.score(x, t)], [-1, await known.score(x, t)]);
    expect(Math.max(...gap.data.map(Math.abs))).toBeLessThan(1e-12);
  }
});

it('refuses what is no spectrum', () => {
  const build = (values: number[], shape: Shape, more = {}) =>
    gaussianField(vp(), { spectrum: tensor(values, shape), ...more });
  expect(() => build([1, 2, 3], [3])).toThrow(ConfigError);
  expect(() => build([1, -1, -1], [3])).toThrow(/at least 0/);
  expect(() => build([1, 2, 2], [3], { axes: 2 })).toThrow(ShapeError);
  expect(() => build([1, 2, 2], [3], { mean: tensor([0], [1]) })).toThrow(ShapeError);
  expect(() => autoregressionSpectrum(8, { coefficients: [1] })).toThrow(/finite variance/);
});
