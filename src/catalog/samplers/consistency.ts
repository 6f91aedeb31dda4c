/** @file The sampler of consistency models, by its name. */
import { fewSteps } from '../../sample/few-steps.ts';
import { sampler } from './sampler.ts';

export const consistencySampler = sampler({
  name: 'consistency',
  description: 'multistep consistency sampling: estimate and new noise in turn, for consistency models',
  citation: 'Song et al. 2023, Consistency models, algorithm 1',
  evaluationsPerStep: 1,
  defaultSteps: 2,
  stochastic: true,
  students: true,
  grid: 'cosine',
  options: {},
  build: ({ steps, grid }) => fewSteps({ steps, grid, freshNoise: true }),
});
