/** @file The exact score and density of data drawn from a Gaussian mixture. */
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { batchOf, expectShape, sampleSize, type Tensor } from '../base/tensor.ts';
import { timesOf, type ScoreFn, type ScoreJvpFn, type ScoreVjpFn } from './score-fn.ts';
import type { Sde } from './sde.ts';

/** Data whose law p_t at every time is known in closed form. */
export interface ExactMarginals {
  /** The gradient of log p_t. */
  readonly score: ScoreFn;
  /** The score and the Hessian of log p_t times v. */
  readonly scoreJvp: ScoreJvpFn;
  /** The same with the transpose, which is the Hessian itself. */
  readonly scoreVjp: ScoreVjpFn;
  /**
   * log p_t at each sample of a batch, in nats.
   * @param x - `[B, …]`
   * @param t - one time, or one per sample
   */
  readonly logDensity: (x: Tensor, t: number | readonly number[]) => Float64Array;
}

/** A Gaussian mixture over samples of any shape. */
export interface GaussianMixture {
  /** `[K, …]`, the mean of each component. */
  readonly means: Tensor;
  /** One standard deviation for all, one per component, or `[K, …]` for each coordinate; 0 is a point. */
  readonly stds: number | readonly number[] | Tensor;
  /** Positive numbers, normalised to sum to 1; equal by default. */
  readonly weights?: readonly number[];
}

/** p_t at one time: variances `[K]` or `[K * D]`, and log w_k minus the log normaliser of each component. */
interface Marginal {
  readonly alpha: number;
  readonly variances: Float64Array;
  readonly logScales: Float64Array;
}

/**
 * Marginals of an SDE over mixture data: p_t = sum_k w_k N(alpha m_k, alpha^2 s_k^2 + sigma^2).
 * @throws ConfigError if a weight is not positive or a standard deviation is negative.
 * @throws ShapeError if weights or standard deviations do not match the means.
 */
export function gaussianMixture(sde: Sde, { means, stds, weights }: GaussianMixture): ExactMarginals {
  const components = batchOf(means);
  const size = sampleSize(means);
  const logWeights = normalisedLogs(weights, components);
  const spread = spreadOf({ stds, means });
  const perComponent = spread.length / components; // 1 or D
  const at = perComponent === 1 ? (k: number) => k : (k: number, j: number) => k * size + j;

  function marginal(t: number): Marginal {
    const alpha = sde.alpha(t);
    const sigma = sde.sigma(t);
    const variances = spread.map((std) => (alpha * std) ** 2 + sigma ** 2);
    const logScales = logWeights.map((logWeight, k) => {
      const own = variances.subarray(k * perComponent, (k + 1) * perComponent);
      const logVolume = own.reduce((sum, v) => sum + Math.log(2 * Math.PI * v), 0);
      return logWeight - (0.5 * logVolume * size) / perComponent;
    });
    return { alpha, variances, logScales };
  }

  /** log w_k + log N(x; alpha m_k, V_k) of every component k. */
  function logTerms(x: Float64Array, { alpha, variances, logScales }: Marginal): Float64Array {
    return logScales.map((logScale, k) => {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += (x[j]! - alpha * means.data[k * size + j]!) ** 2 / variances[at(k, j)]!;
      return logScale - 0.5 * sum;
    });
  }

  function scoreInto(out: Float64Array, x: Float64Array, p: Marginal): void {
    const logs = logTerms(x, p);
    const total = logSumExp(logs);
    for (let k = 0; k < components; k++) {
      const responsibility = Math.exp(logs[k]! - total);
      if (responsibility === 0) continue;
      for (let j = 0; j < size; j++)
        out[j]! += (responsibility * (p.alpha * means.data[k * size + j]! - x[j]!)) / p.variances[at(k, j)]!;
    }
  }

  function forEachSample(
    x: Tensor,
    t: number | readonly number[],
    visit: (row: Float64Array, p: Marginal, i: number) => void,
  ): void {
    expectShape(x, [undefined, ...means.shape.slice(1)], 'x');
    let last: { readonly t: number; readonly p: Marginal } | undefined; // batches often share one time
    timesOf(t, x).forEach((time, i) => {
      if (last?.t !== time) last = { t: time, p: marginal(time) };
      visit(x.data.subarray(i * size, (i + 1) * size), last.p, i);
    });
  }

  function score(x: Tensor, t: number | readonly number[]): Tensor {
    const out = new Float64Array(x.data.length);
    forEachSample(x, t, (row, p, i) => scoreInto(out.subarray(i * size, (i + 1) * size), row, p));
    return { shape: x.shape, data: out };
  }

  /** sum_k r_k (s_k (s_k . v) - v / V_k) - s (s . v), with the score s_k and the responsibility r_k of each component. */
  function jvpInto(out: Float64Array, x: Float64Array, p: Marginal, v: Float64Array): void {
    const logs = logTerms(x, p);
    const total = logSumExp(logs);
    const score = new Float64Array(size);
    for (let k = 0; k < components; k++) {
      const responsibility = Math.exp(logs[k]! - total);
      if (responsibility === 0) continue;
      const own = score.map((_, j) => (p.alpha * means.data[k * size + j]! - x[j]!) / p.variances[at(k, j)]!);
      const along = dot(own, v);
      for (let j = 0; j < size; j++) {
        score[j]! += responsibility * own[j]!;
        out[j]! += responsibility * (own[j]! * along - v[j]! / p.variances[at(k, j)]!);
      }
    }
    const along = dot(score, v);
    for (let j = 0; j < size; j++) out[j]! -= score[j]! * along;
  }

  function scoreJvp(x: Tensor, t: number | readonly number[], v: Tensor): { score: Tensor; jvp: Tensor } {
    expectShape(v, x.shape, 'v');
    const out = new Float64Array(x.data.length);
    forEachSample(x, t, (row, p, i) => {
      const span = [i * size, (i + 1) * size] as const;
      jvpInto(out.subarray(...span), row, p, v.data.subarray(...span));
    });
    return { score: score(x, t), jvp: { shape: x.shape, data: out } };
  }

  return {
    score: (x, t) => Promise.resolve().then(() => score(x, t)),
    scoreJvp: (x, t, v) => Promise.resolve().then(() => scoreJvp(x, t, v)),
    scoreVjp: (x, t, w) =>
      Promise.resolve().then(() => {
        const { score, jvp } = scoreJvp(x, t, w);
        return { score, vjp: jvp };
      }),
    logDensity(x, t) {
      const out = new Float64Array(batchOf(x));
      forEachSample(x, t, (row, p, i) => (out[i] = logSumExp(logTerms(row, p))));
      return out;
    },
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, j) => sum + value * b[j]!, 0);
}

/** Shifted by the largest value, so that it neither overflows nor loses the far tails. */
function logSumExp(values: Float64Array): number {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

function equal(value: number, n: number): readonly number[] {
  return Array.from({ length: n }, () => value);
}

/** Logarithms of weights, equal by default, that sum to 1. */
export function normalisedLogs(weights: GaussianMixture['weights'], components: number): Float64Array {
  if (weights === undefined) return normalisedLogs(equal(1, components), components);
  if (weights.length !== components)
    throw new ShapeError(`weights: expected ${components}, one per mean, got ${weights.length}`);
  const valid = weights.every((w) => Number.isFinite(w) && w > 0);
  checkOptions([valid, 'weights', `expected positive numbers, got [${weights}]`]);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(weights, (weight) => Math.log(weight / total));
}

/** Standard deviations `[K]` or `[K * D]`. */
export function spreadOf({ stds, means }: GaussianMixture): Float64Array {
  const spread = Float64Array.from(valuesOf(stds, means));
  checkOptions([spread.every((std) => std >= 0), 'stds', 'expected numbers of at least 0']);
  return spread;
}

function valuesOf(stds: GaussianMixture['stds'], means: Tensor): ArrayLike<number> {
  const components = batchOf(means);
  if (typeof stds === 'number') return equal(stds, components);
  if ('shape' in stds) {
    expectShape(stds, means.shape, 'stds');
    return stds.data;
  }
  if (stds.length !== components)
    throw new ShapeError(`stds: expected ${components}, one per mean, got ${stds.length}`);
  return stds;
}
