/** @file The sampler `heun`, by its name. */
import { heun } from '../../sample/steps/heun.ts';
import { nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { repeated, sampler } from './sampler.ts';

export const heunSampler = sampler({
  name: 'heun',
  description: "EDM's sampler: Heun's method in the noise level; with noise where churn is above 0",
  citation: 'Karras et al. 2022, algorithm 2',
  evaluationsPerStep: 2,
  defaultSteps: 17,
  stochastic: false,
  grid: 'karras',
  options: {
    churn: withDefault(
      nonNegative,
      0,
      'S_churn: a step raises the noise level by min(S_churn / N, sqrt(2) - 1) of N = steps + 1 levels',
      { remedy: 'a smaller churn' },
    ),
  },
  // The published N counts the noise levels, of which there is one more than there are steps between them.
  build: ({ churn, ...settings }) =>
    repeated(heun({ churn: Math.min(churn / (settings.steps + 1), Math.SQRT2 - 1) }), settings),
});
