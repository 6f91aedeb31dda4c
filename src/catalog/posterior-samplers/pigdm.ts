/** @file The posterior sampler `pigdm`, by its name. */
import { pigdm } from '../../inverse/guidance/pigdm.ts';
import { guided } from '../../inverse/problem.ts';
import { nonNegative, positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { reverseSde, posteriorSampler } from './posterior-sampler.ts';

export const pigdmPosterior = posteriorSampler({
  name: 'pigdm',
  description: 'pseudoinverse-guided diffusion: the likelihood under an isotropic law of the data given the state',
  citation: 'Song, Vahdat, Mardani and Kautz 2023, eq. 7',
  needs: ['linear', 'vjp'],
  heedsNoise: true,
  anyNoise: true,
  defaultSteps: 50,
  grid: 'log-snr',
  evaluations: ({ steps, weight }) => (weight === 0 ? 1 : 2) * (steps + 1),
  options: {
    weight: withDefault(nonNegative, 1, 'factor of the likelihood; 0 is the prior'),
    dataStd: withDefault(positive, 1, 'standard deviation of the data, in the range of the model'),
  },
  study: { steps: 50 },
  build: ({ weight, dataStd, ...settings }) => guided(pigdm({ weight, dataStd }), reverseSde(settings)),
});
