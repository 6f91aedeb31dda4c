/** @file The posterior sampler `replacement`, by its name. */
import { constrain, constrained } from '../../inverse/problem.ts';
import { fitted, replacement } from '../../inverse/posterior/projection.ts';
import { reverseDiffusion } from '../../sample/steps/reverse-diffusion.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { correctorOf, gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const replacementPosterior = posteriorSampler({
  name: 'replacement',
  description: 'predictor-corrector that replaces what is measured after every step',
  citation: 'Song et al. 2021, appendix I.2',
  needs: ['linear'],
  heedsNoise: false,
  anyNoise: false,
  defaultSteps: 500,
  evaluations: ({ steps }) => 2 * steps + 1,
  options: {
    snr: withDefault(positive, 0.16, 'signal-to-noise ratio of the Langevin corrector', { remedy: 'a smaller snr' }),
  },
  study: { steps: 50, lowDimensional: true },
  build: (settings) =>
    constrained({
      ...gridSettings(settings),
      predictor: constrain(replacement(), reverseDiffusion()),
      corrector: constrain(replacement(), correctorOf(settings)),
      end: fitted,
    }),
});
