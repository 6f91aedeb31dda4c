/** @file Predictor-corrector sampling: a sequence of steps along a time grid. */
import { suitedGrid } from '../sde/time/time-grid.ts';
import { alongGrid, foldAll, type TimeGridOptions } from './along-grid.ts';
import type { SamplerStepOf } from './sampler-step.ts';
import type { Sampler } from './sampler.ts';

/** Options of `predictorCorrector`. */
export interface PredictorCorrectorOptions extends TimeGridOptions {
  /** Takes the state from each time of the grid to the next. */
  readonly predictor: SamplerStepOf;
  /** Improves the state at a time before the predictor leaves it; none by default, which costs nothing. */
  readonly corrector?: SamplerStepOf;
}

/**
 * Predictor-corrector sampler: from a draw of the prior or the start of the request, at each time t_i of the grid first the corrector at t_i, then
 * the predictor from t_i to t_{i+1}. (Algorithm 1 of the paper has the corrector second; its code has this order.)
 *
 * The published samplers return the mean of their last step, which for the VE SDE is a step to zero noise; here the
 * grid ends at tEnd and Tweedie's formula is that step for every SDE.
 * @throws ConfigError unless steps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 * @see Song et al. 2021, section 4.2 and appendix G
 * @example
 * ```ts
 * import { ancestral, finish, gaussianMixture, key, predictorCorrector, split, tensor, vp } from 'scorefield';
 *
 * const sde = vp();
 * const { score } = gaussianMixture(sde, { means: tensor([-2, 2], [2, 1]), stds: 0.5 });
 * const sampler = predictorCorrector({ predictor: ancestral(), steps: 200 });
 * const { x, evals } = await finish(sampler({ sde, score, shape: [1], keys: split(key(0), 100) }));
 * console.log(x.shape, evals[0]);
 * ```
 */
export function predictorCorrector(options: PredictorCorrectorOptions): Sampler {
  const { predictor, corrector, steps = 1000, grid = suitedGrid, denoiseLast = true } = options;
  return alongGrid({ steps, grid, denoiseLast }, ({ sde, score, reverseVariance, unguided, keys }) => {
    const predict = predictor(sde, score, reverseVariance, unguided);
    const correct = corrector?.(sde, score);
    const predictorKeys = foldAll(keys, 'predictor');
    const correctorKeys = foldAll(keys, 'corrector');
    return async (x, { index, from, to }) => {
      const corrected = correct ? await correct(foldAll(correctorKeys, index), x, from, from) : { x };
      return predict(foldAll(predictorKeys, index), corrected.x, from, to);
    };
  });
}
