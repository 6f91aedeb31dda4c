/** @file The sampler `consistent-annealed`, by its name. */
import { consistentAnnealed } from '../../sample/steps/consistent-annealed.ts';
import { repeated, sampler } from './sampler.ts';

export const consistentAnnealedSampler = sampler({
  name: 'consistent-annealed',
  description: 'consistent annealed sampling: Langevin steps that end with the noise of the next level',
  citation: 'Jolicoeur-Martineau et al. 2021, algorithm 2',
  evaluationsPerStep: 1,
  defaultSteps: 232,
  stochastic: true,
  grid: 'log-snr',
  options: {},
  build: (settings) => repeated(consistentAnnealed(), settings),
});
