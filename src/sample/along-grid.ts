/** @file The one loop of every sampler with a fixed number of steps. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { foldIn, type Key } from '../base/key.ts';
import type { Tensor } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import type { TimeGrid } from '../sde/time/time-grid.ts';
import { tweedie } from './denoise.ts';
import type { StepResult, ReverseVariance } from './sampler-step.ts';
import { countEvaluations, requireFinite, type Sampler } from './sampler.ts';
import { initialState, timesFrom } from './start.ts';

/** Options that all samplers with a time grid share. */
export interface TimeGridOptions {
  /**
   * Intervals of the time grid. Default 1000 for `predictorCorrector` and `redDiff`, 250 for `repaint`, 100 for
   * `twisted`, 20 for `multistep`.
   */
  readonly steps?: number;
  /**
   * The times at which the state is visited. Default `suitedGrid`, the grid that suits the SDE, and `logSnrGrid` for
   * `multistep`.
   */
  readonly grid?: TimeGrid;
  /** Whether Tweedie's formula removes the noise that is left at tEnd, at the cost of one evaluation. Default true. */
  readonly denoiseLast?: boolean;
}

/** What the steps of one run may use; the score counts its evaluations. */
export interface GridRun {
  readonly sde: Sde;
  readonly score: ScoreFn;
  readonly reverseVariance?: ReverseVariance | undefined;
  /** The score of the noise that steps add again, where it is another one; its evaluations are counted by the caller. */
  readonly unguided?: ScoreFn | undefined;
  readonly keys: readonly Key[];
}

/** Where a step goes, and its place in the loop. */
export interface StepInterval {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** One step of a run; what it remembers of the steps before it lives and ends with the run. */
export type Step = (x: Tensor, interval: StepInterval) => Promise<StepResult>;

/**
 * A draw of the prior, or the start of the request, taken by `begin`'s step along the intervals of a time grid and denoised
 * at the end. The grid divides the time from the start to tEnd, into as many steps wherever that is. The times may also
 * stand still, for a chain at one time.
 * @throws ConfigError unless steps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 */
export function alongGrid(
  { steps, grid, denoiseLast }: Required<TimeGridOptions>,
  begin: (run: GridRun) => Step,
): Sampler {
  checkOptions(positiveInteger('steps', steps));
  return async function* ({ sde, score, reverseVariance, unguided, shape, keys, start }) {
    const counted = countEvaluations(score, keys.length);
    const take = begin({ sde, score: counted.score, reverseVariance, unguided, keys });
    const initial = await initialState({ sde, shape, keys, start });
    let { x } = initial;
    const [first = initial.t, ...times] = timesFrom(grid, sde, { t: initial.t, steps });
    let from = first;
    for (const [index, to] of times.entries()) {
      const moved = await take(x, { index, from, to });
      requireFinite(moved.x, { step: index + 1, t: to });
      yield { step: index + 1, steps, t: to, ...moved };
      x = moved.x;
      from = to;
    }
    if (denoiseLast) {
      x = await tweedie(sde, counted.score, x, from);
      requireFinite(x, { step: steps, t: from });
    }
    return { x, evals: counted.evals(), status: keys.map(() => 'ok') };
  };
}

/** `foldIn` of every key. */
export function foldAll(keys: readonly Key[], data: number | string): readonly Key[] {
  return keys.map((key) => foldIn(key, data));
}
