/** @file Predictor-corrector sampling: a sequence of moves along a time grid. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { foldIn, type Key } from '../base/key.ts';
import { priorSample } from '../sde/prior.ts';
import { uniformGrid, type TimeGrid } from '../sde/time-grid.ts';
import { tweedie } from './denoise.ts';
import type { MoveOf } from './move.ts';
import { countEvaluations, requireFinite, type Sampler } from './sampler.ts';

/** Options of `predictorCorrector`. */
export interface PredictorCorrectorOptions {
  /** Takes the state from each time of the grid to the next. */
  readonly predictor: MoveOf;
  /** Improves the state at a time before the predictor leaves it; none by default, which costs nothing. */
  readonly corrector?: MoveOf;
  /** Intervals of the time grid. */
  readonly steps?: number;
  readonly grid?: TimeGrid;
  /** Whether Tweedie's formula removes the noise that is left at tEnd, at the cost of one evaluation. */
  readonly denoiseLast?: boolean;
}

/**
 * Predictor-corrector sampler: from a draw of the prior, at each time t_i of the grid first the corrector at t_i, then
 * the predictor from t_i to t_{i+1}. (Algorithm 1 of the paper has the corrector second; its code has this order.)
 *
 * The published samplers return the mean of their last step, which for the VE SDE is a step to zero noise; here the
 * grid ends at tEnd and Tweedie's formula is that step for every SDE.
 * @throws ConfigError unless steps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 * @see Song et al. 2021, section 4.2 and appendix G
 */
export function predictorCorrector(options: PredictorCorrectorOptions): Sampler {
  const { predictor, corrector, steps = 1000, grid = uniformGrid, denoiseLast = true } = options;
  checkOptions(positiveInteger('steps', steps));
  return async function* ({ sde, score, shape, keys }) {
    const counted = countEvaluations(score, keys.length);
    const predict = predictor(sde, counted.score);
    const correct = corrector?.(sde, counted.score);
    const predictorKeys = foldAll(keys, 'predictor');
    const correctorKeys = foldAll(keys, 'corrector');
    let x = priorSample(foldAll(keys, 'prior'), sde, shape);
    let from = sde.tMax;
    for (const [i, to] of grid(sde, steps).slice(1).entries()) {
      if (correct) ({ x } = await correct(foldAll(correctorKeys, i), x, from, from));
      const moved = await predict(foldAll(predictorKeys, i), x, from, to);
      requireFinite(moved.x, { step: i + 1, t: to });
      yield { step: i + 1, steps, t: to, ...moved };
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

function foldAll(keys: readonly Key[], data: number | string): readonly Key[] {
  return keys.map((key) => foldIn(key, data));
}
