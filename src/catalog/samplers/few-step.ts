/** @file The sampler of students that are distilled step by step, by its name. */
import { fewSteps } from '../../sample/few-steps.ts';
import { sampler } from './sampler.ts';

export const fewStepSampler = sampler({
  name: 'few-step',
  description: 'DDIM whose last step ends at the data, for students: as many evaluations as steps',
  citation: 'Salimans and Ho 2022, section 3',
  evaluationsPerStep: 1,
  defaultSteps: 4,
  stochastic: false,
  students: true,
  grid: 'cosine',
  options: {},
  build: ({ steps, grid }) => fewSteps({ steps, grid }),
});
