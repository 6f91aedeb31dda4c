/** @file Samplers of few-step models, whose denoised estimate is where the flow ends. */
import { combine } from '../base/arith.ts';
import { checkOptions, positiveInteger } from '../base/check.ts';
import { cosineGrid } from '../sde/time/time-grid.ts';
import type { Sde, TimeGrid } from '../sde/sde.ts';
import { foldAll, type TimeGridOptions } from './along-grid.ts';
import { tweedie } from './denoise.ts';
import { addNoise } from './noise.ts';
import { countEvaluations, requireFinite, type Sampler } from './sampler.ts';
import { initialState, timesFrom } from './start.ts';

/** Options of `fewSteps`. */
export interface FewStepOptions extends Pick<TimeGridOptions, 'grid'> {
  /** Evaluations of the network, as many as intervals of the grid. Default 4. */
  readonly steps?: number;
  /**
   * Whether each step adds noise of its own to the estimate, as consistency models do, in place of the noise that the state has,
   * as DDIM does. Default false.
   */
  readonly freshNoise?: boolean;
}

/**
 * N evaluations at the first N times of a grid: each denoised estimate D is noised up to the next time, alpha D + sigma z, and the
 * last one is the sample. Of one step it is Tweedie's formula at tMax.
 *
 * With the noise of the state, z = (x - alpha D) / sigma, it is DDIM whose last step ends without noise, the sampler of progressive
 * distillation, and of shortcut models and MeanFlow, whose estimates depend on the step. With noise of its own it is multistep
 * consistency sampling.
 * @throws ConfigError unless steps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 * @see Salimans and Ho 2022, section 3; Song et al. 2023, "Consistency models", algorithm 1
 */
export function fewSteps({ steps = 4, grid = cosineGrid, freshNoise = false }: FewStepOptions = {}): Sampler {
  checkOptions(positiveInteger('steps', steps));
  return async function* ({ sde, score, shape, keys, start }) {
    const counted = countEvaluations(score, keys.length);
    const noiseKeys = foldAll(keys, 'predictor');
    const initial = await initialState({ sde, shape, keys, start });
    const [first = initial.t, ...times] = timesFrom(grid, sde, { t: initial.t, steps });
    let { x } = initial;
    let from = first;
    for (const [index, to] of times.entries()) {
      // Of new noise the estimate is that of the data; else that of the step.
      const end = freshNoise ? sde.tEnd : to;
      const estimate = await tweedie(sde, (at, t, rows) => counted.score(at, t, rows, end), x, from);
      const [alpha, sigma] = [sde.alpha(to), sde.sigma(to)];
      if (index === times.length - 1) x = estimate;
      else if (freshNoise) ({ x } = addNoise(foldAll(noiseKeys, index), combine([alpha, estimate]), sigma));
      else {
        const kept = sigma / sde.sigma(from);
        x = combine([kept, x], [alpha - kept * sde.alpha(from), estimate]);
      }
      requireFinite(x, { step: index + 1, t: to });
      yield { step: index + 1, steps, t: to, x, mean: estimate };
      from = to;
    }
    return { x, evals: counted.evals(), status: keys.map(() => 'ok') };
  };
}

/** The times of the evaluations of `fewSteps` from pure noise, descending: a grid without its last time. */
export function fewStepTimes(sde: Sde, steps: number, grid: TimeGrid = cosineGrid): readonly number[] {
  return grid(sde, steps).slice(0, -1);
}
