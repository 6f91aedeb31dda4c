/** @file The error of the solver behind likelihoods: the same samples at ever smaller tolerances. */
import { checkOptions } from '../base/check.ts';
import { meanEstimate } from '../evaluate/estimate.ts';
import type { DataInput } from './data-input.ts';
import type { LikelihoodStep } from './density/likelihood-estimates.ts';
import type { LikelihoodOptions, LikelihoodResult } from './density/log-likelihood.ts';
import type { Model } from './model.ts';
import { running, type RunOptions, type Running } from './running.ts';

/** Options of `toleranceLadder`. */
export interface ToleranceLadderOptions
  extends Omit<LikelihoodOptions, 'method' | 'tolerance' | 'terms' | 'steps' | 'variance'>, RunOptions<LikelihoodStep> {
  /** Tolerances of the solver from the largest to the smallest, which stands for the truth. Default 1e-2, 1e-3, … 1e-6. */
  readonly tolerances?: readonly number[] | undefined;
}

/** A tolerance with what it costs and how far it is from the smallest one. */
export interface LadderRung {
  readonly tolerance: number;
  /** Mean over the samples. */
  readonly bitsPerDim: number;
  /** Root mean square over the samples of the difference in bits per dimension from the last rung. */
  readonly error: number;
  /** Evaluations of the network for each sample, on average. */
  readonly evaluations: number;
}

/** Tolerances that a ladder has unless others are given. */
const ladderTolerances: readonly number[] = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/**
 * Measures the error that the solver of the probability flow makes in bits per dimension: the same samples, noise and probes at
 * each of several tolerances.
 * @throws ConfigError as `model.logLikelihood` does, and if there are no tolerances.
 */
export function toleranceLadder(
  model: Model,
  data: DataInput,
  { signal, onProgress, ...options }: ToleranceLadderOptions = {},
): Running<LikelihoodStep, readonly LadderRung[]> {
  return running(() => climb(model, data, options), { signal, onProgress });
}

async function* climb(
  model: Model,
  data: DataInput,
  { tolerances = ladderTolerances, ...options }: Omit<ToleranceLadderOptions, keyof RunOptions<LikelihoodStep>>,
): AsyncGenerator<LikelihoodStep, readonly LadderRung[]> {
  checkOptions([tolerances.length > 0, 'tolerances', 'expected at least one, got none']);
  const found: LikelihoodResult[] = [];
  for (const [k, tolerance] of tolerances.entries()) {
    const computation = model.logLikelihood(data, { ...options, method: 'ode', tolerance });
    for await (const step of computation) yield { ...step, fraction: (k + step.fraction) / tolerances.length };
    found.push(await computation);
  }
  const truth = found.at(-1)?.bitsPerDim ?? new Float64Array(0);
  return found.map(({ tolerance, bitsPerDim, evaluations }) => {
    const squares = bitsPerDim.map((value, i) => (value - (truth[i] ?? NaN)) ** 2);
    return {
      tolerance,
      bitsPerDim: meanEstimate(bitsPerDim).value,
      error: Math.sqrt(meanEstimate(squares).value),
      evaluations: meanEstimate(evaluations).value,
    };
  });
}
