/** @file The posterior sampler `mmps`, by its name. */
import { mmps } from '../../inverse/guidance/mmps.ts';
import { guided } from '../../inverse/problem.ts';
import { count, nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { reverseSde, posteriorSampler } from './posterior-sampler.ts';

export const mmpsPosterior = posteriorSampler({
  name: 'mmps',
  description: 'moment matching posterior sampling: the likelihood under the covariance that the score has',
  citation: 'Rozet et al. 2024, section 4.2',
  needs: ['linear', 'vjp'],
  heedsNoise: true,
  anyNoise: true,
  defaultSteps: 50,
  grid: 'log-snr',
  evaluations: ({ steps, weight, iterations }) => (weight === 0 ? 1 : iterations + 2) * (steps + 1),
  options: {
    weight: withDefault(nonNegative, 1, 'factor of the likelihood; 0 is the prior'),
    iterations: withDefault(count, 3, 'iterations of conjugate gradients in each step'),
  },
  study: { steps: 50, iterations: 5 },
  build: ({ weight, iterations, ...settings }) => guided(mmps({ weight, iterations }), reverseSde(settings)),
});
