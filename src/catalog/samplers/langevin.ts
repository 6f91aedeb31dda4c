/** @file The sampler `langevin`, by its name. */
import { langevinDynamics } from '../../sample/correctors/langevin-dynamics.ts';
import { sampler } from './sampler.ts';

export const langevinSampler = sampler({
  name: 'langevin',
  description: 'Langevin dynamics at the last noise level alone, for comparison',
  citation: 'Song and Ermon 2019, eq. 4',
  evaluationsPerStep: 1,
  defaultSteps: 1000,
  stochastic: true,
  grid: null,
  options: {},
  build: ({ steps, denoiseLast }) => langevinDynamics({ steps, denoiseLast }),
});
