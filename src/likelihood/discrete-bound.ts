/** @file The variational bound of DDPM: a chain of Gaussian steps between the states of an SDE at finitely many times. */
import { dotPerSample } from '../base/arith.ts';
import { above, checkOptions, positiveInteger } from '../base/check.ts';
import { InternalError } from '../base/errors.ts';
import { foldIn } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import type { Bins } from '../sde/learning/bins.ts';
import { chainTimes } from '../sde/time/discrete-times.ts';
import { priorDivergence, reverseChain, type ReverseStep } from '../sde/reverse-chain.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import { meanPerSample } from './bits-per-dim.ts';
import { fixedVariance, learnedVariance, type Seen } from './chain-divergence.ts';
import { denoise, type BoundRequest, type VariationalBound } from './denoising-error.ts';

/** Options of `discreteBound`. */
export interface DiscreteBoundOptions {
  /** Steps T of the chain, 1000 by default; its times are those of the SDE's own grid. */
  readonly steps?: number;
  /**
   * Divergences that are computed of the T - 1, all by default; fewer are chosen at random, one in each of as many equal
   * parts, in proportion to their weight of the score's error, and half of them evenly where variances are learned.
   */
  readonly terms?: number;
  /**
   * Variance of a step of the model: 'small', that of the posterior q(x_{i-1} | x_i, x_0), 'large', that of the step
   * forward q(x_i | x_{i-1}), or learned: a function (`reverseVariance` of a score model) that says of each number
   * where between them, from 0 to 1, the logarithm of its variance lies. Default small.
   */
  readonly variance?: 'small' | 'large' | ScoreFn;
  /** Bins in which `x0` lie, for data that were rounded; without, the bound is one of the density. None by default. */
  readonly bins?: Bins;
  /** Independent estimates, 1 by default; two or more show their error. */
  readonly draws?: number;
}

/**
 * Lower bound of log p(x_0) (of log probabilities, with `bins`) under the chain that begins in the prior and takes
 * x_i to x_{i-1} by the posterior's mean with Tweedie's estimate in the place of x_0:
 * -KL(q(x_T | x_0) || prior) - sum_{i >= 2} KL(q(x_{i-1} | x_i, x_0) || p(x_{i-1} | x_i)) + E log p(x_0 | x_1).
 *
 * The last step decodes by N(Tweedie's estimate, sigma_1^2 / alpha_1^2), or with its learned variance, as density or as mass
 * of bins (`reverseChain`).
 * @param x0 - `[B, …]`, in the model's range
 * @throws ShapeError unless there is one key per sample.
 * @throws ConfigError unless steps is at least 2, terms is within 1 to steps - 1, and draws is a positive integer.
 * @see Ho et al. 2020, eq. 5, 6, 7 and 13; Nichol and Dhariwal 2021, eq. 15, for learned variances
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
  const [first, ...chain] = reverseChain(sde, chainTimes(sde, steps));
  if (first === undefined) throw new InternalError('a chain has no steps');
  const law = typeof variance === 'string' ? fixedVariance(chain, variance) : learnedVariance(chain, variance);
  const prior = dotPerSample(x0, x0).map((squares) => priorDivergence(sde, sde.tMax, { squares, size }));
  const constant = size * law.constant;
  const choose = chooser(law.shares, terms);
  const byDraw = new Float64Array(batch * draws);
  for (let m = 0; m < draws; m++) {
    const own = { ...request, keys: keys.map((key) => foldIn(key, m)) };
    const seenAt = async (steps: readonly ReverseStep[], name: string): Promise<Seen> => {
      const times = steps.map(({ t }) => t);
      return { ...(await denoise(own, x0, times, name)), steps, times };
    };
    const add = (i: number, nats: number): void => {
      byDraw[i * draws + m] = (byDraw[i * draws + m] ?? 0) + nats;
    };
    const places = own.keys.map((key) => uniform(foldIn(key, 'terms'), terms));
    for (let k = 0; k < terms; k++) {
      const chosen = places.map((u) => choose(k, u[k] ?? 0));
      const seen = await seenAt(
        chosen.map(({ index }) => chain[index] ?? first),
        `noise.${k}`,
      );
      (await law.divergences(seen)).forEach((nats, i) => add(i, -(chosen[i]?.weight ?? 0) * nats));
    }
    const seen = await seenAt(
      keys.map(() => first),
      'reconstruction',
    );
    const decoded = await law.decoded(seen, x0, bins);
    decoded.forEach((nats, i) => add(i, nats - constant - (prior[i] ?? 0)));
  }
  return {
    lowerBoundNats: meanPerSample(byDraw, batch),
    byDrawNats: { shape: [batch, draws], data: byDraw },
    evals: keys.map(() => draws * (terms + 1)),
  };
}

/** A step of the chain by its place, and the number of steps for which it stands. */
interface Choice {
  readonly index: number;
  readonly weight: number;
}

/**
 * The k-th of `terms`, from a uniform number: each step if there are as many, or one in proportion to its share, of the k-th
 * equal part of the sum of shares.
 */
function chooser(shares: readonly number[], terms: number): (k: number, u: number) => Choice {
  if (terms === shares.length) return (index) => ({ index, weight: 1 });
  let total = 0;
  const upTo = shares.map((share) => (total += share));
  return (k, u) => {
    const place = ((k + u) / terms) * total;
    const found = upTo.findIndex((sum) => place < sum);
    const index = found < 0 ? shares.length - 1 : found;
    return { index, weight: total / (terms * (shares[index] ?? NaN)) };
  };
}
