/** @file Markov chains at every noise level on the way to data, for scores that belong to no process. */
import { ddim } from '../steps/ddim.ts';
import { foldAll, type TimeGridOptions } from '../along-grid.ts';
import { predictorCorrector } from '../predictor-corrector.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import type { Sampler } from '../sampler.ts';

/** Options of `annealedCorrections`. */
export interface AnnealedCorrectionsOptions extends TimeGridOptions {
  /** The steps that leave the law of a level as it is, such as `mala`. */
  readonly corrector: SamplerStepOf;
  /** Takes the state from a level to the next before it is corrected there. Default `ddim()`. */
  readonly predictor?: SamplerStepOf;
}

/**
 * From a draw of the prior, corrections at tMax and, after each step along the grid, at the level that it has reached, the last one too: the state
 * follows the law whose score is given at each level, whether or not these are the marginals of one process. Products of densities are no
 * such marginals, so that a predictor alone ends elsewhere.
 * @throws ConfigError unless steps is a positive integer.
 * @throws NumericalError if a state is no longer finite.
 * @see Du et al. 2023, "Reduce, reuse, recycle", algorithm 1
 */
export function annealedCorrections(options: AnnealedCorrectionsOptions): Sampler {
  const { corrector, predictor = ddim(), ...grid } = options;
  return predictorCorrector({
    ...grid,
    predictor: (sde, score, ...others) => {
      const [predict, correct] = [predictor(sde, score, ...others), corrector(sde, score)];
      return async (keys, x, from, to) => {
        const first = from === sde.tMax ? await correct(foldAll(keys, 'first'), x, from, from) : { x };
        const { x: moved } = await predict(foldAll(keys, 'predict'), first.x, from, to);
        return correct(foldAll(keys, 'correct'), moved, to, to);
      };
    },
  });
}
