/** @file The posterior sampler `diffpir`, by its name. */
import { diffpir } from '../../inverse/posterior/diffpir.ts';
import { guided } from '../../inverse/problem.ts';
import { consistentAnnealed } from '../../sample/steps/consistent-annealed.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { fraction, nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const diffpirPosterior = posteriorSampler({
  name: 'diffpir',
  description: 'DiffPIR: a proximal step of the measurement on every denoised estimate',
  citation: 'Zhu et al. 2023, algorithm 1',
  needs: ['linear'],
  heedsNoise: true,
  anyNoise: true,
  defaultSteps: 100,
  evaluations: ({ steps }) => steps + 1,
  options: {
    priorWeight: withDefault(nonNegative, 1, 'weight lambda of the prior against the misfit'),
    freshNoise: withDefault(fraction, 1, 'zeta, the share of the noise of a step that is new, in variance'),
  },
  study: { steps: 100 },
  build: ({ priorWeight, freshNoise, ...settings }) =>
    guided(
      diffpir({ priorWeight }),
      predictorCorrector({
        ...gridSettings(settings),
        predictor: consistentAnnealed({ freshness: Math.sqrt(freshNoise) }),
      }),
    ),
});
