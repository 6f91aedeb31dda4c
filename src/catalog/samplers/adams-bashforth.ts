/** @file The sampler `adams-bashforth`, by its name. */
import { adamsBashforth } from '../../sample/multistep/adams-bashforth.ts';
import { lookingBack, sampler } from './sampler.ts';

export const adamsBashforthSampler = sampler({
  name: 'adams-bashforth',
  description: 'Adams-Bashforth of order 3 in the noise level (rhoAB-DEIS)',
  citation: 'Zhang and Chen 2023',
  evaluationsPerStep: 1,
  defaultSteps: 20,
  stochastic: false,
  grid: 'cosine',
  options: {},
  build: (settings) => lookingBack(adamsBashforth(), settings),
});
