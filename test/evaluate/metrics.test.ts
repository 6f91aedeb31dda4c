/** @file Metrics of samples beside real ones: closed forms and laws. */
import { describe, expect, it } from 'vitest';
import { ConfigError, NumericalError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split, type Key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { classifierTest } from '../../src/evaluate/classifier-test.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { frechetBias, frechetLessBias, frechetLimit, gaussianFrechetBias } from '../../src/evaluate/frechet-bias.ts';
import { frechetDistance, moments } from '../../src/evaluate/frechet.ts';
import { inceptionScore } from '../../src/evaluate/inception-score.ts';
import { kernelDistance, mmdSquared, polynomialKernel } from '../../src/evaluate/mmd.ts';
import { coverage, density, expectedCoverage, precision, recall } from '../../src/evaluate/neighborhoods.ts';
import { pairDistances } from '../../src/evaluate/pair-distances.ts';
import { vendiOf, vendiScore } from '../../src/evaluate/vendi.ts';

const draw = (k: Key, n: number, d: number, { shift = 0, scale = 1 } = {}): Tensor =>
  tensor(
    normal(k, n * d).map((z, at) => scale * z + (at % d === 0 ? shift : 0)),
    [n, d],
  );

it('distances of pairs are those of the samples', async () => {
  const [a, b] = [draw(key(1), 7, 3), draw(key(2), 5, 3, { shift: 100 })];
  const found = await pairDistances(a, b);
  for (let i = 0; i < 7; i++)
    for (let j = 0; j < 5; j++) {
      const apart = [0, 1, 2].map((c) => a.data[3 * i + c]! - b.data[3 * j + c]!);
      // float32 of distances about 100.
      expect(found.data[5 * i + j]!).toBeCloseTo(Math.hypot(...apart), 4);
    }
  await expect(pairDistances(a, draw(key(1), 5, 2))).rejects.toThrow(ShapeError);
});

describe('precision, recall, density and coverage', () => {
  it('count neighborhoods on a line', async () => {
    // Real samples at 0, 1, ..., 39; the neighborhood of the second nearest reaches to 1 inside, and to 2 at the ends.
    const real = tensor([...Array(40).keys()], [40, 1]);
    // Half of the samples lie at 10.25, in the neighborhoods of 10 and 11 alone; half lie far away.
    const samples = tensor([...Array<number>(20).fill(10.25), ...Array<number>(20).fill(500)], [40, 1]);
    const [between, within] = [await pairDistances(samples, real), await pairDistances(real, real)];
    expect(precision(between, within, { k: 2 }).value).toBe(0.5);
    expect(density(between, within, { k: 2 }).value).toBe(0.5);
    expect(coverage(between, within, { k: 2 }).value).toBe(2 / 40);
    // Equal samples have neighborhoods of radius 0, in which no real sample lies.
    expect(recall(between, await pairDistances(samples, samples), { k: 2 }).value).toBe(0);
    expect(() => precision(between, within, { k: 40 })).toThrow(ConfigError);
    expect(() => precision(within, between)).not.toThrow(ConfigError);
  });

  it('has a law of coverage in any dimension, and a density of 1 (40 sets of 80 and 100)', async () => {
    // Of large sets, 1 - 2^-k.
    expect(expectedCoverage(600, 600)).toBeCloseTo(0.96914, 5);
    expect(expectedCoverage(1e9, 1e9)).toBeCloseTo(1 - 2 ** -5, 6);
    for (const d of [1, 8]) {
      const runs = await Promise.all(
        split(key(d), 40).map(async (k) => {
          const [samples, real] = [draw(foldIn(k, 1), 80, d), draw(foldIn(k, 2), 100, d)];
          const [between, within] = [await pairDistances(samples, real), await pairDistances(real, real)];
          return { covered: coverage(between, within, { k: 3 }), dense: density(between, within, { k: 3 }) };
        }),
      );
      const covered = meanEstimate(runs.map((run) => run.covered.value));
      expect(Math.abs(covered.value - expectedCoverage(80, 100, { k: 3 }))).toBeLessThan(4 * covered.standardError);
      const dense = meanEstimate(runs.map((run) => run.dense.value));
      // Each neighborhood has k of the 99 others, and as large a part of the samples up to k / 100.
      expect(Math.abs(dense.value - 1)).toBeLessThan(4 * dense.standardError + 0.03);
      // The jackknife's error is that over repetitions, within a factor.
      const claimed = Math.sqrt(meanEstimate(runs.map((run) => run.covered.standardError ** 2)).value);
      const found = covered.standardError * Math.sqrt(40);
      expect(claimed / found).toBeGreaterThan(0.6);
      expect(claimed / found).toBeLessThan(2.2);
    }
  });
});

describe('the kernel distance', () => {
  it('is that of the polynomial kernel', async () => {
    const [a, b] = [draw(key(1), 30, 4), draw(key(2), 40, 4, { shift: 1 })];
    const [fast, slow] = [await kernelDistance(a, b), mmdSquared(a, b, polynomialKernel())];
    expect(fast.value).toBeCloseTo(slow.value, 5);
    expect(fast.standardError).toBeCloseTo(slow.standardError, 5);
  });

  it('of shifted Gaussians has its closed form, 1.328125 in four dimensions (20 sets of 150)', async () => {
    const found = await Promise.all(
      split(key(4), 20).map((k) =>
        kernelDistance(draw(foldIn(k, 1), 150, 4), draw(foldIn(k, 2), 150, 4, { shift: 1 })),
      ),
    );
    const mean = meanEstimate(found.map(({ value }) => value));
    expect(Math.abs(mean.value - 1.328125)).toBeLessThan(4 * mean.standardError);
  });
});

describe('the inception score', () => {
  const repeated = (rows: readonly (readonly number[])[], n: number): Tensor =>
    tensor(Array.from({ length: n }, (_, i) => rows[i % rows.length]!).flat(), [n, rows[0]!.length]);
  it('has its closed forms', () => {
    const three = [
      [0.8, 0.1, 0.1],
      [0.1, 0.8, 0.1],
      [0.1, 0.1, 0.8],
    ];
    expect(inceptionScore(repeated(three, 60)).value).toBeCloseTo(1.583409, 6);
    const sure = three.map((row) => row.map((p) => Math.round(p)));
    expect(inceptionScore(repeated(sure, 60)).value).toBeCloseTo(3, 12);
    expect(inceptionScore(repeated([[0.2, 0.8]], 60)).value).toBeCloseTo(1, 12);
    expect(() => inceptionScore(repeated(three, 39))).toThrow(ShapeError);
  });
});

describe('the Vendi score', () => {
  it('counts different samples', () => {
    const unit = (n: number): Tensor =>
      tensor(
        Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0)),
        [n, n],
      );
    expect(vendiOf(unit(6))).toBeCloseTo(6, 10);
    expect(vendiOf(tensor([3, 1, 3, 1, 6, 2], [3, 2]))).toBeCloseTo(1, 10);
    // Two samples of likeness 1/2, in two and in three dimensions.
    expect(vendiOf(tensor([1, 0, 0.5, Math.sqrt(0.75)], [2, 2]))).toBeCloseTo(1.754765, 6);
    expect(vendiOf(tensor([1, 0, 0, 0.5, Math.sqrt(0.75), 0], [2, 3]))).toBeCloseTo(1.754765, 6);
    expect(() => vendiOf(tensor([0, 0, 1, 1], [2, 2]))).toThrow(NumericalError);
    expect(vendiScore(draw(key(1), 60, 3)).standardError).toBeGreaterThan(0);
  });
});

describe('the classifier two-sample test', () => {
  const test = async (a: Tensor, b: Tensor): Promise<ReturnType<typeof classifierTest>> =>
    classifierTest({
      between: await pairDistances(a, b),
      inSamples: await pairDistances(a, a),
      inReference: await pairDistances(b, b),
    });

  it('is right about half where the laws are equal, with its standard deviation (150 sets of 60)', async () => {
    const zs = await Promise.all(
      split(key(2), 150).map(async (k) => {
        const found = await test(draw(foldIn(k, 1), 60, 3), draw(foldIn(k, 2), 60, 3));
        return (found.value - 0.5) / found.standardError;
      }),
    );
    const mean = zs.reduce((sum, z) => sum + z, 0) / 150;
    const variance = zs.reduce((sum, z) => sum + z * z, 0) / 150;
    // Standard errors of 150 standard normal numbers: 0.08 and 0.12.
    expect(Math.abs(mean)).toBeLessThan(0.33);
    expect(Math.abs(variance - 1)).toBeLessThan(0.5);
  });

  it('comes near to the best there is, Phi(1) for Gaussians two standard deviations apart', async () => {
    const found = await test(draw(key(1), 500, 1), draw(key(2), 500, 1, { shift: 2 }));
    expect(Math.abs(found.value - 0.8413)).toBeLessThan(0.05);
    expect(found.pValue).toBeLessThan(1e-6);
  });
});

describe('the bias of a Fréchet distance', () => {
  it('has its closed form for isotropic Gaussians, d + d (d + 1) / 4', () => {
    expect(gaussianFrechetBias(new Float64Array(64).fill(1))).toBeCloseTo(64 + (64 * 65) / 4, 9);
  });

  it('of the distance itself: two covariances of the plane', () => {
    const of = (mean: number[], covariance: number[]): Parameters<typeof frechetDistance>[0] => ({
      mean: tensor(mean, [2]),
      covariance: tensor(covariance, [2, 2]),
    });
    expect(frechetDistance(of([0, 0], [2, 0.5, 0.5, 1]), of([1, 2], [1, -0.3, -0.3, 3]))).toBeCloseTo(5.9293119, 6);
  });

  // Exponential numbers less their mean have an excess kurtosis of 6.
  it.each([
    ['Gaussian', (z: number) => z],
    ['heavy-tailed', (z: number) => Math.sign(z) * Math.abs(z) ** 1.5],
  ])('predicts the mean of distances of equal laws, and what is left is 0: %s (60 sets of 300)', (_, shape) => {
    const d = 6;
    const sets = split(key(5), 60).map((k) =>
      [1, 2].map((half) =>
        tensor(
          normal(foldIn(k, half), 300 * d).map((z, at) => shape(z) * (1 + (at % d)) ** -0.75),
          [300, d],
        ),
      ),
    ) as [Tensor, Tensor][];
    const raw = meanEstimate(sets.map(([a, b]) => frechetDistance(moments(a), moments(b))));
    const predicted = meanEstimate(sets.map(([a, b]) => (frechetBias(a) + frechetBias(b)) / 300));
    expect(Math.abs(raw.value - predicted.value)).toBeLessThan(
      4 * Math.hypot(raw.standardError, predicted.standardError),
    );
    const less = sets.slice(0, 20).map(([a, b]) => frechetLessBias(a, b));
    const rest = meanEstimate(less.map(({ value }) => value));
    expect(Math.abs(rest.value)).toBeLessThan(4 * rest.standardError);
    const limits = meanEstimate(sets.slice(0, 20).map(([a, b]) => frechetLimit(a, b).value));
    expect(Math.abs(limits.value)).toBeLessThan(4 * limits.standardError);
    expect(limits.standardError).toBeGreaterThan(0);
  });
});
