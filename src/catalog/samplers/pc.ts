/** @file The sampler `pc`, by its name. */
import { langevin } from '../../sample/correctors/langevin.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { reverseDiffusion } from '../../sample/steps/reverse-diffusion.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { stepSettings, sampler } from './sampler.ts';

export const pcSampler = sampler({
  name: 'pc',
  description: 'predictor-corrector: reverse diffusion with a Langevin corrector',
  citation: 'Song et al. 2021, algorithm 1',
  evaluationsPerStep: 2,
  defaultSteps: 500,
  stochastic: true,
  options: {
    snr: withDefault(positive, 0.16, 'signal-to-noise ratio of the Langevin corrector', { remedy: 'a smaller snr' }),
  },
  build: ({ snr, lowDimensional, ...settings }) =>
    predictorCorrector({
      ...stepSettings(settings),
      predictor: reverseDiffusion(),
      corrector: langevin({ snr, stepSize: lowDimensional ? 'sigma' : 'norm' }),
    }),
});
