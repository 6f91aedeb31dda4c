/** @file The second of the two seams: one step of a sampler. */
import type { Key } from '../base/key.ts';
import type { Tensor } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';

/** A state, and the same state without the noise of the step that led to it. */
export interface StepResult {
  readonly x: Tensor;
  readonly mean: Tensor;
}

/**
 * Takes a batch `[B, …]` from one time to another: backwards for a predictor (to < from), nowhere for a corrector
 * (to = from). Row i of the result depends on row i of `x` and on `keys[i]` alone.
 */
export type SamplerStep = (keys: readonly Key[], x: Tensor, from: number, to: number) => Promise<StepResult>;

/**
 * Where the logarithm of the variance of a reverse step lies, from 0, that of the state before given this one and the
 * data, to 1, that of this state given the one before: a number, or for each number of x `[B, …]` what a model has learned.
 * @see Nichol and Dhariwal 2021, "Improved denoising diffusion probabilistic models", eq. 15
 */
export type ReverseVariance = number | ScoreFn;

/**
 * Makes the step for an SDE and a score; ancestral ones take a variance too, and those that denoise and add the noise again the score
 * that this noise is of, where it is another one.
 */
export type SamplerStepOf = (
  sde: Sde,
  score: ScoreFn,
  reverseVariance?: ReverseVariance,
  unguided?: ScoreFn,
) => SamplerStep;
