/** @file The posterior sampler `projection`, by its name. */
import { constrain, constrained } from '../../inverse/problem.ts';
import { fitted, projection } from '../../inverse/posterior/projection.ts';
import { reverseDiffusion } from '../../sample/steps/reverse-diffusion.ts';
import { fraction, positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { correctorOf, gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const projectionPosterior = posteriorSampler({
  name: 'projection',
  description: 'predictor-corrector that projects on the measurement, with a weight, before every step',
  citation: 'Song, Shen, Xing and Ermon 2022, section 3.2',
  needs: ['linear'],
  heedsNoise: false,
  anyNoise: false,
  defaultSteps: 500,
  evaluations: ({ steps }) => 2 * steps + 1,
  options: {
    snr: withDefault(positive, 0.16, 'signal-to-noise ratio of the Langevin corrector', { remedy: 'a smaller snr' }),
    weight: withDefault(fraction, 1, 'weight lambda of the measurement; 0 is the prior'),
  },
  study: { steps: 50, lowDimensional: true, weight: 0.5 },
  build: ({ weight, ...settings }) =>
    constrained({
      ...gridSettings(settings),
      predictor: constrain(projection({ weight }), reverseDiffusion()),
      corrector: constrain(projection({ weight }), correctorOf(settings)),
      end: (problem, x) => fitted(problem, x, { weight }),
    }),
});
