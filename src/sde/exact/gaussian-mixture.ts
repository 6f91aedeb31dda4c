/** @file The exact score and density of data drawn from a Gaussian mixture. */
import { checkOptions } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import { batchOf, expectShape, sampleSize, type Tensor } from '../../base/tensor.ts';
import { timesOf, type ScoreFn, type ScoreJvpFn, type ScoreVjpFn } from '../score-fn.ts';
import type { Sde } from '../sde.ts';

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
  /** Positive numbers, normalized to sum to 1; equal by default. */
  readonly weights?: readonly number[];
}

/** p_t at one time: means and variances `[K * D]`, and log w_k minus the log normalizer of each component. */
interface Marginal {
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly logScales: Float64Array;
}

/**
 * Marginals of an SDE over mixture data: p_t = sum_k w_k N(alpha m_k, alpha^2 s_k^2 + sigma^2).
 * @throws ConfigError if a weight is not positive or a standard deviation is negative.
 * @throws ShapeError if weights or standard deviations do not match the means.
 * @example
 * ```ts
 * import { gaussianMixture, tensor, vp } from 'scorefield';
 *
 * const { score } = gaussianMixture(vp(), { weights: [0.3, 0.7], means: tensor([-2, 3], [2, 1]), stds: [0.5, 1] });
 * console.log((await score(tensor([0], [1, 1]), 0.5)).data);
 * ```
 */
export function gaussianMixture(sde: Sde, { means, stds, weights }: GaussianMixture): ExactMarginals {
  const components = batchOf(means);
  const size = sampleSize(means);
  const logWeights = normalizedLogs(weights, components);
  const spread = spreadOf({ stds, means });
  const perComponent = spread.length / components; // 1 or D
  // Space for one time and for one sample.
  const p: Marginal = { means: means.data.slice(), variances: means.data.slice(), logScales: logWeights.slice() };
  const logs = new Float64Array(components);
  const own = new Float64Array(size);

  /** Writes the law at a time into `p`. */
  function takeTime(t: number): void {
    const alpha = sde.alpha(t);
    const sigma = sde.sigma(t);
    for (let k = 0; k < components; k++) {
      let logVolume = 0;
      for (let j = 0, c = k * size; j < size; j++, c++) {
        const std = alpha * spread[perComponent === 1 ? k : c]!;
        p.means[c] = alpha * means.data[c]!;
        p.variances[c] = std * std + sigma * sigma;
        if (j < perComponent) logVolume += Math.log(2 * Math.PI * p.variances[c]!);
      }
      p.logScales[k] = logWeights[k]! - (0.5 * logVolume * size) / perComponent;
    }
  }

  /** Writes log w_k + log N(x; alpha m_k, V_k) of every component k for the sample at an offset; the largest of them. */
  function writeLogTerms(x: Float64Array, offset: number): number {
    let largest = -Infinity;
    for (let k = 0; k < components; k++) {
      let sum = 0;
      for (let j = 0, c = k * size; j < size; j++, c++) {
        const apart = x[offset + j]! - p.means[c]!;
        sum += (apart * apart) / p.variances[c]!;
      }
      const log = p.logScales[k]! - 0.5 * sum;
      logs[k] = log;
      if (log > largest) largest = log;
    }
    return largest;
  }

  /** The same; the log of their sum. */
  function logTermsAt(x: Float64Array, offset: number): number {
    return logSumExp(logs, writeLogTerms(x, offset));
  }

  function scoreInto(out: Float64Array, x: Float64Array, offset: number): void {
    const largest = writeLogTerms(x, offset);
    let sum = 0;
    for (let k = 0; k < components; k++) {
      const below = logs[k]! - largest;
      if (below < negligible) continue;
      const part = Math.exp(below);
      sum += part;
      for (let j = 0, c = k * size; j < size; j++, c++)
        out[offset + j]! += (part * (p.means[c]! - x[offset + j]!)) / p.variances[c]!;
    }
    for (let j = offset; j < offset + size; j++) out[j]! /= sum;
  }

  function forEachSample(x: Tensor, t: number | readonly number[], visit: (offset: number, i: number) => void): void {
    expectShape(x, [undefined, ...means.shape.slice(1)], 'x');
    let last: number | undefined; // batches often share one time
    timesOf(t, x).forEach((time, i) => {
      if (last !== time) takeTime(time);
      last = time;
      visit(i * size, i);
    });
  }

  function score(x: Tensor, t: number | readonly number[]): Tensor {
    const out = new Float64Array(x.data.length);
    forEachSample(x, t, (offset) => scoreInto(out, x.data, offset));
    return { shape: x.shape, data: out };
  }

  /** sum_k r_k (s_k (s_k . v) - v / V_k) - s (s . v), with the score s_k and the responsibility r_k of each component. */
  function scoreJvp(x: Tensor, t: number | readonly number[], v: Tensor): { score: Tensor; jvp: Tensor } {
    expectShape(v, x.shape, 'v');
    const [scores, out] = [new Float64Array(x.data.length), new Float64Array(x.data.length)];
    const jvpInto = (offset: number): void => {
      const total = logTermsAt(x.data, offset);
      for (let k = 0; k < components; k++) {
        const responsibility = Math.exp(logs[k]! - total);
        if (responsibility === 0) continue;
        let along = 0;
        for (let j = 0, c = k * size; j < size; j++, c++) {
          own[j] = (p.means[c]! - x.data[offset + j]!) / p.variances[c]!;
          along += own[j]! * v.data[offset + j]!;
        }
        for (let j = 0, c = k * size; j < size; j++, c++) {
          scores[offset + j]! += responsibility * own[j]!;
          out[offset + j]! += responsibility * (own[j]! * along - v.data[offset + j]! / p.variances[c]!);
        }
      }
      let along = 0;
      for (let j = offset; j < offset + size; j++) along += scores[j]! * v.data[j]!;
      for (let j = offset; j < offset + size; j++) out[j]! -= scores[j]! * along;
    };
    forEachSample(x, t, jvpInto);
    return { score: { shape: x.shape, data: scores }, jvp: { shape: x.shape, data: out } };
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
      forEachSample(x, t, (offset, i) => (out[i] = logTermsAt(x.data, offset)));
      return out;
    },
  };
}

/** A term of which the logarithm is that much below the largest one is less than 1e-19 of it, and lost in the sum. */
const negligible = -44;

/** Shifted by the largest value, so that it neither overflows nor loses the far tails. */
function logSumExp(values: Float64Array, largest: number): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    const below = values[k]! - largest;
    if (below > negligible) sum += Math.exp(below);
  }
  return largest + Math.log(sum);
}

function equal(value: number, n: number): readonly number[] {
  return Array.from({ length: n }, () => value);
}

/** Logarithms of weights, equal by default, that sum to 1. */
export function normalizedLogs(weights: GaussianMixture['weights'], components: number): Float64Array {
  if (weights === undefined) return normalizedLogs(equal(1, components), components);
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
