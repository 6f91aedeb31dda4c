/** @file Posterior samplers against the exact posterior: those that are exact, and one that is known not to be. */
import { describe, expect, it } from 'vitest';
import { foldIn, key, split } from '../../src/base/key.ts';
import { takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import { buildPosteriorSampler } from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import { coverage, rankTest, simulationRanks } from '../../src/evaluate/calibration.ts';
import { exactPosterior, mixtureDraws } from '../../src/inverse/posterior/exact-posterior.ts';
import { measure } from '../../src/inverse/measurement.ts';
import { mmps } from '../../src/inverse/guidance/mmps.ts';
import { pigdm } from '../../src/inverse/guidance/pigdm.ts';
import { guided, type PosteriorSampler } from '../../src/inverse/problem.ts';
import { twisted } from '../../src/inverse/posterior/twisted.ts';
import { finish } from '../../src/sample/sampler.ts';
import type { GaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { gaussianMisfit, gaussianPrior, operators, problemOf, randomMatrix } from './cases.ts';

describe.each([ve({ sigmaMax: 20 }), vp()])('on Gaussian priors of $kind', (sde) => {
  // Heun's method in 25 steps: its error is below the standard errors, of which the worst of D + D^2 entries is asked for.
  const heun = buildSampler('heun', { steps: 25 });

  it.each([2, 8])('MMPS has the mean and covariance of the posterior in %d dimensions', async (dimension) => {
    const prior = gaussianPrior(dimension);
    for (const operator of operators(dimension)) {
      const measurement = measure(split(key(3), 1), { operator, noiseStd: 0.3 }, mixtureDraws(split(key(5), 1), prior));
      const { mean, covariance } = exactPosterior(prior, measurement);
      const request = { ...problemOf(sde, prior, measurement), shape: [dimension], keys: split(key(12), 400) };
      const { x } = await finish(guided(mmps({ iterations: dimension / 2 }), heun)(request));
      expect(gaussianMisfit(x, mean.data, covariance.data), operator.kind).toBeLessThan(5);
    }
  });

  it.each([16, 64])('MMPS has them in %d dimensions', async (dimension) => {
    const prior = gaussianPrior(dimension);
    const operator = randomMatrix(6, dimension);
    const measurement = measure(split(key(3), 1), { operator, noiseStd: 0.3 }, mixtureDraws(split(key(5), 1), prior));
    const { mean, covariance } = exactPosterior(prior, measurement);
    const request = { ...problemOf(sde, prior, measurement), shape: [dimension], keys: split(key(12), 200) };
    const { x } = await finish(guided(mmps({ iterations: 6 }), heun)(request));
    // The worst of 64 + 64^2 entries is about 4.2 standard errors off where all are right.
    expect(gaussianMisfit(x, mean.data, covariance.data)).toBeLessThan(5.5);
  });

  it('PiGDM has them in 64 dimensions if it knows the variance', async () => {
    const prior = { means: gaussianPrior(64).means, stds: 0.7 };
    const operator = randomMatrix(32, 64);
    const measurement = measure(split(key(3), 1), { operator, noiseStd: 0.3 }, mixtureDraws(split(key(5), 1), prior));
    const { mean, covariance } = exactPosterior(prior, measurement);
    const request = { ...problemOf(sde, prior, measurement), shape: [64], keys: split(key(12), 200) };
    const right = await finish(guided(pigdm({ dataStd: 0.7 }), heun)(request));
    expect(gaussianMisfit(right.x, mean.data, covariance.data)).toBeLessThan(5.5);
    const wrong = await finish(guided(pigdm({ dataStd: 0.7, weight: 0.5 }), heun)(request));
    expect(gaussianMisfit(wrong.x, mean.data, covariance.data)).toBeGreaterThan(8);
  });
});

describe('simulation-based calibration', () => {
  const prior = gaussianPrior(2);
  const [n, m] = [200, 19];
  const truths = mixtureDraws(split(key(31), n), prior);
  const measurement = measure(split(key(32), n), { operator: operators(2)[1]!, noiseStd: 0.5 }, truths);
  const repeat = Array.from({ length: n * m }, (_, at) => Math.floor(at / m));
  const each = { ...measurement, y: takeRows(measurement.y, repeat) };

  /** p-value of uniform ranks, and coverage of 50 % and 90 % sets in standard errors, of the measured coordinate. */
  const calibrationOf = async (sampler: PosteriorSampler): Promise<{ pValue: number; misses: number[] }> => {
    const { x } = await finish(sampler({ ...problemOf(vp(), prior, each), shape: [2], keys: split(key(33), n * m) }));
    const ranks = simulationRanks(key(34), { truths, draws: tensor(x.data, [n, m, 2]) }, ([first = 0]) => first);
    const misses = [0.5, 0.9].map((level) => {
      const { covered, nominal, standardError } = coverage(ranks, level);
      return (covered - nominal) / standardError;
    });
    return { pValue: rankTest(ranks).pValue, misses };
  };

  it('MMPS has uniform ranks and covers as it says', async () => {
    const { pValue, misses } = await calibrationOf(
      guided(mmps({ iterations: 1 }), buildSampler('heun', { steps: 20 })),
    );
    expect(pValue).toBeGreaterThan(1e-3);
    misses.forEach((miss) => expect(Math.abs(miss)).toBeLessThan(3.5));
  });

  it('replacement, which takes noise for signal, does not', async () => {
    const { pValue, misses } = await calibrationOf(buildPosteriorSampler('replacement', { steps: 30 }));
    expect(pValue).toBeLessThan(1e-9);
    misses.forEach((miss) => expect(miss).toBeLessThan(-8));
  });
});

describe('twisted diffusion sampling', () => {
  const sde = vp();
  // Two modes that the sum of the coordinates cannot tell apart, of unequal weight and width.
  const prior: GaussianMixture = { means: tensor([-1, 1, 1.2, -1.2], [2, 2]), stds: [0.3, 0.6], weights: [2, 1] };
  const operator = randomMatrix(1, 2);
  const measurement = { operator, y: tensor([1.2], [1, 1]), noiseStd: 0.5 };
  const exact = exactPosterior(prior, measurement);

  /** Mean over keys of the weighted mean of the first coordinate, with its standard error. */
  const estimate = async (particles: number, n: number): Promise<{ mean: number; error: number }> => {
    const sampler = twisted({ steps: 60, particles, dataStd: 0.8 });
    const request = { ...problemOf(sde, prior, measurement), shape: [2], keys: split(foldIn(key(51), particles), n) };
    const { particles: all, weights } = await finish(sampler(request));
    const means = Array.from(
      { length: n },
      (_, i) =>
      Array.from({ length: particles }, (__, k) => weights.data[i * particles + k]! * all.data[2 * (i * particles + k)]!).reduce((a, b) => a + b, 0), // prettier-ignore
    );
    const mean = means.reduce((a, b) => a + b / n, 0);
    const variance = means.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1);
    return { mean, error: Math.sqrt(variance / n) };
  };

  it('has the mean of a bimodal posterior with many particles, and not with one', async () => {
    expect(Math.max(...exact.weights)).toBeLessThan(0.9);
    const one = await estimate(1, 1000);
    const many = await estimate(128, 24);
    // 0.03 for the 60 steps of the prior's own chain.
    expect(Math.abs(many.mean - exact.mean.data[0]!)).toBeLessThan(4 * many.error + 0.03);
    expect(many.error).toBeLessThan(0.06);
    expect(Math.abs(one.mean - exact.mean.data[0]!)).toBeGreaterThan(4 * one.error + 0.1);
  });

  it('comes nearer with more particles, in the weight of a mode', async () => {
    // What one of the particles, drawn by its weight, says: its law tends to the posterior.
    const n = 400;
    const inFirst = (a: number, b: number): boolean => b > a; // the modes are on both sides of the diagonal
    const draws = exact.draw(split(key(55), 20_000));
    const share = Array.from({ length: 20_000 }, (_, i) => i).filter((i) => inFirst(draws.data[2 * i]!, draws.data[2 * i + 1]!)).length / 20_000; // prettier-ignore
    const errors: number[] = [];
    for (const particles of [1, 4, 32]) {
      const request = { ...problemOf(sde, prior, measurement), shape: [2], keys: split(foldIn(key(56), particles), n) };
      const { x } = await finish(twisted({ steps: 60, particles, dataStd: 0.8 })(request));
      const found = Array.from({ length: n }, (_, i) => i).filter((i) => inFirst(x.data[2 * i]!, x.data[2 * i + 1]!)).length / n; // prettier-ignore
      errors.push(Math.abs(found - share));
    }
    const standardError = Math.sqrt((share * (1 - share)) / n);
    expect(errors[0]!).toBeGreaterThan(4 * standardError);
    expect(errors[1]!).toBeLessThan(errors[0]!);
    // 0.02 for the 60 steps.
    expect(errors[2]!).toBeLessThan(3.5 * standardError + 0.02);
  });

  it('gives one particle by its weight, and weights that sum to one', async () => {
    const request = { ...problemOf(sde, prior, measurement), shape: [2], keys: split(key(52), 3) };
    const { x, particles, weights } = await finish(twisted({ steps: 20, particles: 8 })(request));
    for (const i of [0, 1, 2]) {
      const own = weights.data.subarray(8 * i, 8 * (i + 1));
      expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      const found = Array.from({ length: 8 }, (_, k) => particles.data.slice(16 * i + 2 * k, 16 * i + 2 * k + 2));
      expect(found).toContainEqual(x.data.slice(2 * i, 2 * i + 2));
    }
  });

  it('shows one state of each sample on the way', async () => {
    const request = { ...problemOf(sde, prior, measurement), shape: [2], keys: split(key(52), 3) };
    const shapes: (readonly number[])[] = [];
    for await (const { x, mean } of twisted({ steps: 3, particles: 4 })(request)) shapes.push(x.shape, mean.shape);
    expect(shapes).toEqual(Array.from({ length: 6 }, () => [3, 2]));
  });
});

/** Not used by the exact methods: a draw of the prior stands for a sampler that ignores y, and must be distinguished. */
it('the comparison tells the prior from the posterior', () => {
  const prior = gaussianPrior(4);
  const measurement = measure(
    split(key(3), 1),
    { operator: operators(4)[0]!, noiseStd: 0.3 },
    mixtureDraws(split(key(5), 1), prior),
  );
  const { mean, covariance } = exactPosterior(prior, measurement);
  const wrong: Tensor = mixtureDraws(split(key(7), 500), prior);
  expect(gaussianMisfit(wrong, mean.data, covariance.data)).toBeGreaterThan(20);
});
