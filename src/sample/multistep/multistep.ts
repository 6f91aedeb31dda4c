/** @file Multistep methods: steps that look back on the steps before them, with one evaluation each. */
import type { Key } from '../../base/key.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Sde } from '../../sde/sde.ts';
import { logSnrGrid } from '../../sde/time/time-grid.ts';
import { alongGrid, foldAll, type TimeGridOptions } from '../along-grid.ts';
import { tweedie } from '../denoise.ts';
import type { StepResult } from '../sampler-step.ts';
import type { Sampler } from '../sampler.ts';

/** A time at which the score was evaluated. */
export interface Visit {
  readonly t: number;
  readonly x: Tensor;
  /** The mean of x_0 given x at t, by Tweedie's formula. */
  readonly denoised: Tensor;
}

/** The visits of a run, newest first: the state to go on from is that of the first. */
export type Past = readonly [Visit, ...(readonly Visit[])];

/** A method that lacks nothing but the past. Row i of a result depends on row i of the past and on `keys[i]` alone. */
export interface MultistepMethod {
  /** Visits that it looks at, the newest included; it is given fewer at the start of a run. */
  readonly memory: number;
  /** Takes the state from the newest visit to the time `to`. */
  readonly predict: (keys: readonly Key[], past: Past, to: number) => StepResult;
  /**
   * The state at the newest visit once more, now that the estimate there is known; as predicted where there is none.
   */
  readonly correct?: (past: Past) => Tensor;
}

/** A multistep method that still lacks its SDE. */
export type MultistepOf = (sde: Sde) => MultistepMethod;

/**
 * A sampler of one evaluation per step, which goes from a draw of the prior, or from the start of the request, along the times of a grid.
 * @throws ConfigError unless steps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 * @example
 * ```ts
 * import { dpmSolver2M, multistep } from 'scorefield';
 *
 * const sampler = multistep(dpmSolver2M(), { steps: 20 });
 * console.log(typeof sampler);
 * ```
 */
export function multistep(method: MultistepOf, options: TimeGridOptions = {}): Sampler {
  const { steps = 20, grid = logSnrGrid, denoiseLast = true } = options;
  return alongGrid({ steps, grid, denoiseLast }, ({ sde, score, keys }) => {
    const { memory, predict, correct } = method(sde);
    const stepKeys = foldAll(keys, 'predictor');
    let before: readonly Visit[] = [];
    return async (x, { index, from, to }) => {
      const seen: Past = [{ t: from, x, denoised: await tweedie(sde, score, x, from) }, ...before];
      const [newest, ...older] = seen;
      const past: Past = correct && older.length > 0 ? [{ ...newest, x: correct(seen) }, ...older] : seen;
      before = past.slice(0, memory - 1);
      return predict(foldAll(stepKeys, index), past, to);
    };
  });
}
