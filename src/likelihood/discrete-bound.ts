/** @file The variational bound of DDPM: a chain of Gaussian steps between the states of an SDE at finitely many times. */
import { dotPerSample } from '../base/arith.ts';
import { above, checkOptions, positiveInteger } from '../base/check.ts';
import { InternalError } from '../base/errors.ts';
import { foldIn } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import type { Bins } from '../sde/bins.ts';
import { chainTimes } from '../sde/discrete-times.ts';
import { priorDivergence, reverseChain, type ReverseStep } from '../sde/reverse-chain.ts';
import { meanPerSample } from './bits-per-dim.ts';
import { denoise, type BoundRequest, type VariationalBound } from './denoising-error.ts';
import { logBinProbability } from './discretized-gaussian.ts';

/** Options of `discreteBound`. */
export interface DiscreteBoundOptions {
  /** Steps T of the chain, 1000 by default; its times are those of the SDE's own grid. */
  readonly steps?: number;
  /**
   * Divergences that are computed of the T - 1, all by default; fewer are chosen at random in proportion to their weight of the
   * score's error, one in each of as many equal parts.
   */
  readonly terms?: number;
  /**
   * Variance of a step of the model: 'small', that of the posterior q(x_{i-1} | x_i, x_0), or 'large', that of the step
   * forward q(x_i | x_{i-1}).
   */
  readonly variance?: 'small' | 'large';
  /** Bins in which `x0` lie, for data that were rounded; without, the bound is one of the density. */
  readonly bins?: Bins;
  /** Independent estimates, 1 by default; two or more show their error. */
  readonly draws?: number;
}

/** Factors of a step's divergence KL = constant D + slope ||sigma s + z||^2. */
interface StepTerm {
  readonly t: number;
  readonly constant: number;
  readonly slope: number;
}

/**
 * Lower bound of log p(x_0) (of log probabilities, with `bins`) under the chain that begins in the prior and takes
 * x_i to x_{i-1} by the posterior's mean with Tweedie's estimate in the place of x_0:
 * -KL(q(x_T | x_0) || prior) - sum_{i >= 2} KL(q(x_{i-1} | x_i, x_0) || p(x_{i-1} | x_i)) + E log p(x_0 | x_1).
 *
 * The last step decodes by N(Tweedie's estimate, sigma_1^2 / alpha_1^2), as density or as mass of bins (`reverseChain`).
 * @param x0 - `[B, …]`, in the model's range
 * @throws ShapeError unless there is one key per sample.
 * @throws ConfigError unless steps is at least 2, terms is within 1 to steps - 1, and draws is a positive integer.
 * @see Ho et al. 2020, eq. 5, 6, 7 and 13
 */
export async function discreteBound(
  request: BoundRequest,
  x0: Tensor,
  options: DiscreteBoundOptions = {},
): Promise<VariationalBound> {
  const { steps = 1000, variance = 'small', bins, draws = 1 } = options;
  const { terms = steps - 1 } = options;
  checkOptions(
    positiveInteger('steps', steps),
    above('steps', steps, ['the constant', 1]),
    positiveInteger('terms', terms),
    [terms <= steps - 1, 'terms', `expected at most steps - 1 = ${steps - 1}, got ${terms}`],
    positiveInteger('draws', draws),
  );
  const { sde, keys } = request;
  const [batch, size] = [batchOf(x0), sampleSize(x0)];
  const [first, ...later] = reverseChain(sde, chainTimes(sde, steps));
  if (first === undefined) throw new InternalError('a chain has no steps');
  const chain = later.map((step) => termOf(step, variance));
  const std = Math.exp(0.5 * first.logLarge);
  const prior = dotPerSample(x0, x0).map((squares) => priorDivergence(sde, sde.tMax, { squares, size }));
  const constant = size * chain.reduce((sum, term) => sum + term.constant, 0);
  const choose = chooser(chain, terms);
  const byDraw = new Float64Array(batch * draws);
  for (let m = 0; m < draws; m++) {
    const own = { ...request, keys: keys.map((key) => foldIn(key, m)) };
    const add = (i: number, nats: number): void => {
      byDraw[i * draws + m] = (byDraw[i * draws + m] ?? 0) + nats;
    };
    const places = own.keys.map((key) => uniform(foldIn(key, 'terms'), terms));
    for (let k = 0; k < terms; k++) {
      const chosen = places.map((u) => choose(k, u[k] ?? 0));
      const times = chosen.map(({ t }) => t);
      const { squares } = await denoise(own, x0, times, `noise.${k}`);
      squares.forEach((e, i) => add(i, -(chosen[i]?.weight ?? 0) * e));
    }
    const start = keys.map(() => first.t);
    const { mean, squares } = await denoise(own, x0, start, 'reconstruction');
    const decoded =
      bins === undefined
        ? squares.map((e) => -0.5 * (e + size * Math.log(2 * Math.PI * std ** 2)))
        : logBinProbability(x0, { mean, std, bins });
    decoded.forEach((nats, i) => add(i, nats - constant - (prior[i] ?? 0)));
  }
  return {
    lowerBoundNats: meanPerSample(byDraw, batch),
    byDrawNats: { shape: [batch, draws], data: byDraw },
    evals: keys.map(() => draws * (terms + 1)),
  };
}

/** A time at which the score's error is seen, and the factor with which it counts. */
interface Choice {
  readonly t: number;
  readonly weight: number;
}

/**
 * The k-th of `terms`, from a uniform number: each term of the chain if there are as many, or one in proportion to its slope, of
 * the k-th equal part of the sum of slopes, for which it stands.
 */
function chooser(chain: readonly StepTerm[], terms: number): (k: number, u: number) => Choice {
  const at = (index: number): StepTerm => chain[Math.min(index, chain.length - 1)] ?? { t: 0, constant: 0, slope: 0 };
  if (terms === chain.length) return (k) => ({ t: at(k).t, weight: at(k).slope });
  let total = 0;
  const upTo = chain.map(({ slope }) => (total += slope));
  return (k, u) => {
    const place = ((k + u) / terms) * total;
    const index = upTo.findIndex((sum) => place < sum);
    return { t: at(index < 0 ? Infinity : index).t, weight: total / terms };
  };
}

/**
 * The divergence of a step i >= 2: means differ by gain (z + sigma_i s), and variances by the factor
 * r = posterior / own, for (r - 1 - log r) D / 2 + gain^2 ||z + sigma_i s||^2 / (2 own).
 */
function termOf({ t, gain, logSmall, logLarge }: ReverseStep, variance: 'small' | 'large'): StepTerm {
  const own = variance === 'small' ? logSmall : logLarge;
  const logRatio = logSmall - own;
  return { t, constant: 0.5 * (Math.expm1(logRatio) - logRatio), slope: 0.5 * gain ** 2 * Math.exp(-own) };
}
