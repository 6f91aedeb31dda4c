/** @file Priors, operators and exact conditional scores for the tests of posterior samplers. */
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal, normalBatch, uniform } from '../../src/base/random.ts';
import { batchOf, sampleSize, tensor, type Tensor } from '../../src/base/tensor.ts';
import { exactPosterior } from '../../src/inverse/posterior/exact-posterior.ts';
import type { Measurement } from '../../src/inverse/measurement.ts';
import { identity } from '../../src/inverse/operator/sensing/identity.ts';
import { mask } from '../../src/inverse/operator/sensing/mask.ts';
import { matrix } from '../../src/inverse/operator/sensing/matrix.ts';
import type { LinearOperator } from '../../src/inverse/operator/operator.ts';
import type { InverseProblem } from '../../src/inverse/problem.ts';
import { gaussianMixture, type GaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { solve } from '../sample/linear.ts';

/** One Gaussian component with a mean and standard deviations of size one. */
export function gaussianPrior(dimension: number): GaussianMixture {
  const means = tensor(normal(foldIn(key(41), 'mean'), dimension), [1, dimension]);
  const stds = tensor(
    uniform(foldIn(key(41), 'std'), dimension).map((u) => 0.4 + u),
    [1, dimension],
  );
  return { means, stds };
}

/** Three components, unequal in all. */
export function mixturePrior(dimension: number): GaussianMixture {
  const means = normalBatch(split(foldIn(key(43), 'means'), 3), [dimension]);
  return { means: tensor(means.data.map((v) => 1.5 * v), means.shape), stds: [0.3, 0.5, 0.4], weights: [1, 2, 3] }; // prettier-ignore
}

/** A random matrix without structure. */
export function randomMatrix(rows: number, dimension: number): LinearOperator {
  return matrix([dimension], tensor(normal(foldIn(key(47), rows), rows * dimension), [rows, dimension]));
}

/** Everything, every second coordinate, and sums of all. */
export function operators(dimension: number): readonly LinearOperator[] {
  const known = tensor(
    Array.from({ length: dimension }, (_, j) => (j + 1) % 2),
    [dimension],
  );
  return [identity([dimension]), mask([dimension], known), randomMatrix(Math.ceil(dimension / 2), dimension)];
}

/** A problem with the exact scores of a prior. */
export function problemOf(sde: Sde, prior: GaussianMixture, measurement: Measurement): InverseProblem {
  const { score, scoreVjp } = gaussianMixture(sde, prior);
  return { sde, score, scoreVjp, measurement };
}

/** The score of x_t given y for a Gaussian prior: -(alpha^2 C + sigma^2)^-1 (x - alpha m) with the posterior N(m, C). */
export function conditionalScore(sde: Sde, prior: GaussianMixture, measurement: Measurement): ScoreFn {
  const { mean, covariance } = exactPosterior(prior, measurement);
  return (x, t) => {
    const u = t as number;
    const [alpha, sigma] = [sde.alpha(u), sde.sigma(u)];
    const size = sampleSize(x);
    const rows = Array.from({ length: size }, (_, a) =>
      Array.from({ length: size }, (__, b) => alpha ** 2 * covariance.data[a * size + b]! + (a === b ? sigma ** 2 : 0)),
    );
    const data = Array.from({ length: batchOf(x) }, (_, i) =>
      solve(
        rows,
        Array.from({ length: size }, (__, j) => alpha * mean.data[j]! - x.data[i * size + j]!),
      ),
    ).flat();
    return Promise.resolve(tensor(data, x.shape));
  };
}

/** Mean and covariance `[D, D]` of draws `[N, D]`. */
export function momentsOf(x: Tensor): { readonly mean: Float64Array; readonly covariance: Float64Array } {
  const [n, size] = [batchOf(x), sampleSize(x)];
  const mean = new Float64Array(size);
  x.data.forEach((v, at) => (mean[at % size]! += v / n));
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        covariance[a * size + b]! +=
          ((x.data[i * size + a]! - mean[a]!) * (x.data[i * size + b]! - mean[b]!)) / (n - 1);
  return { mean, covariance };
}

/** How far draws of a Gaussian are from their mean and covariance, in standard errors: the worst of all entries. */
export function gaussianMisfit(x: Tensor, mean: Float64Array, covariance: Float64Array): number {
  const n = batchOf(x);
  const size = sampleSize(x);
  const found = momentsOf(x);
  const variance = (a: number): number => covariance[a * size + a]!;
  const ofMean = found.mean.map((v, a) => Math.abs(v - mean[a]!) / Math.sqrt(variance(a) / n));
  const ofCovariance = found.covariance.map((v, at) => {
    const [a, b] = [Math.floor(at / size), at % size];
    return Math.abs(v - covariance[at]!) / Math.sqrt((variance(a) * variance(b) + covariance[at]! ** 2) / n);
  });
  return Math.max(...ofMean, ...ofCovariance);
}
