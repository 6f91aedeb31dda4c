/** @file The posterior sampler `annealed-langevin`, by its name. */
import { annealedLikelihood } from '../../inverse/guidance/annealed-likelihood.ts';
import { guided } from '../../inverse/problem.ts';
import { annealedLangevin } from '../../sample/correctors/annealed-langevin.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const annealedLangevinPosterior = posteriorSampler({
  name: 'annealed-langevin',
  description: 'annealed Langevin dynamics with the likelihood of the noisy state, 5 steps at each noise level',
  citation: 'Jalal et al. 2021, section 3',
  needs: [],
  heedsNoise: true,
  anyNoise: true,
  defaultSteps: 200,
  grid: 'log-snr',
  evaluations: ({ steps }) => 5 * steps + 1,
  options: {
    weight: withDefault(nonNegative, 1, 'factor of the likelihood; 0 is the prior'),
  },
  study: { steps: 20 },
  build: ({ weight, ...settings }) =>
    guided(
      annealedLikelihood({ weight }),
      predictorCorrector({ ...gridSettings(settings), predictor: annealedLangevin({ steps: 5 }) }),
    ),
});
