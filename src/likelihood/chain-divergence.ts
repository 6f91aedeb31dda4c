/** @file What the steps of a reverse chain cost, with variances that are fixed or that a network says. */
import { map } from '../base/arith.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import type { Bins } from '../sde/learning/bins.ts';
import type { ReverseStep } from '../sde/reverse-chain.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Denoised } from './denoising-error.ts';
import { logBinProbability } from './discretized-gaussian.ts';

/** Samples at their steps of the chain, and how well they are denoised there. */
export interface Seen extends Denoised {
  /** One per sample. */
  readonly steps: readonly ReverseStep[];
  /** Times of the steps; the very array that the score was called with. */
  readonly times: readonly number[];
}

/** The terms of the bound that a chain of reverse steps makes, in nats. */
export interface ChainDivergence {
  /** The part of the divergences of all steps i >= 2 that does not depend on the score, for each number of a sample. */
  readonly constant: number;
  /** How often each step i >= 2 is looked at where not all are, relative to the others. */
  readonly shares: readonly number[];
  /** The rest of the divergence of its step, of each sample. */
  divergences(seen: Seen): Promise<Float64Array>;
  /** log p(x_0 | x_1) of each sample, as a density or as the mass of bins. */
  decoded(seen: Seen, x0: Tensor, bins: Bins | undefined): Promise<Float64Array>;
}

/**
 * The divergence of a step i >= 2 whose variance is exp(l) times the posterior's, for each number of a sample:
 * means differ by gain (z + sigma_i s), for (l + exp(-l) - 1) / 2 + gain^2 (z + sigma_i s)^2 / (2 own).
 */
const fromVariance = (l: number): number => 0.5 * (l + Math.expm1(-l));

/** gain^2 / (2 posterior), the factor of (z + sigma_i s)^2 in steps of the small variance. */
const slopeOf = ({ gain, logSmall }: ReverseStep): number => 0.5 * gain ** 2 * Math.exp(-logSmall);

/** Steps of the small or the large variance. Their divergences but for a constant are a factor of the score's error. */
export function fixedVariance(chain: readonly ReverseStep[], variance: 'small' | 'large'): ChainDivergence {
  const logRatio = ({ logSmall, logLarge }: ReverseStep): number => (variance === 'small' ? 0 : logLarge - logSmall);
  const slope = (step: ReverseStep): number => slopeOf(step) * Math.exp(-logRatio(step));
  return {
    constant: chain.reduce((sum, step) => sum + fromVariance(logRatio(step)), 0),
    shares: chain.map(slope),
    divergences: ({ steps, squares }) =>
      Promise.resolve(squares.map((e, i) => atRow(steps, i, (step) => slope(step) * e))),
    decoded: (seen, x0, bins) => {
      const own = map(x0, (_, j) => atRow(seen.steps, Math.floor(j / sampleSize(x0)), ({ logLarge }) => logLarge));
      return Promise.resolve(logDecoded(seen, own, { x0, bins }));
    },
  };
}

/**
 * Steps whose variance lies in the logarithm where a function of x_i says, from 0, the small one, to 1, the large one.
 * @param place - is called right after the score, with the same x and times
 * @see Nichol and Dhariwal 2021, eq. 15
 */
export function learnedVariance(chain: readonly ReverseStep[], place: ScoreFn): ChainDivergence {
  /** log variance of each number, relative to the small one. */
  const logRatios = async ({ x, times, steps }: Seen): Promise<Tensor> => {
    const size = sampleSize(x);
    const spread = (i: number): number => atRow(steps, i, ({ logSmall, logLarge }) => logLarge - logSmall);
    return map(await place(x, times), (value, j) => value * spread(Math.floor(j / size)));
  };
  const total = chain.reduce((sum, step) => sum + slopeOf(step), 0);
  return {
    constant: 0,
    // A step whose mean hardly errs may have a wrong variance, so that all are looked at.
    shares: chain.map((step) => slopeOf(step) / total + 1 / chain.length),
    divergences: async (seen) => {
      const { error, steps } = seen;
      const size = sampleSize(error);
      const { data } = await logRatios(seen);
      const out = new Float64Array(batchOf(error));
      data.forEach((l, j) => {
        const i = Math.floor(j / size);
        const missed = atRow(steps, i, slopeOf) * (error.data[j] ?? 0) ** 2;
        out[i] = (out[i] ?? 0) + fromVariance(l) + missed * Math.exp(-l);
      });
      return out;
    },
    decoded: async (seen, x0, bins) => {
      const size = sampleSize(x0);
      const small = (j: number): number => atRow(seen.steps, Math.floor(j / size), ({ logSmall }) => logSmall);
      const own = map(await logRatios(seen), (l, j) => small(j) + l);
      return logDecoded(seen, own, { x0, bins });
    },
  };
}

/** log of N(x_0; Tweedie's estimate, exp(logVariance)), or of its masses of bins, of each sample. */
function logDecoded(
  { mean, error, steps }: Seen,
  logVariance: Tensor,
  { x0, bins }: { readonly x0: Tensor; readonly bins: Bins | undefined },
): Float64Array {
  if (bins !== undefined)
    return logBinProbability(x0, { mean, std: map(logVariance, (log) => Math.exp(0.5 * log)), bins });
  const size = sampleSize(x0);
  const out = new Float64Array(batchOf(x0));
  logVariance.data.forEach((log, j) => {
    const i = Math.floor(j / size);
    // The estimate misses x_0 by gain (sigma s + z).
    const missed = (atRow(steps, i, ({ gain }) => gain) * (error.data[j] ?? 0)) ** 2;
    out[i] = (out[i] ?? 0) - 0.5 * (Math.log(2 * Math.PI) + log + missed * Math.exp(-log));
  });
  return out;
}

function atRow(steps: readonly ReverseStep[], i: number, value: (step: ReverseStep) => number): number {
  const step = steps[i];
  return step === undefined ? NaN : value(step);
}
