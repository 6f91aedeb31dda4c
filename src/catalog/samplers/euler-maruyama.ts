/** @file The sampler `euler-maruyama`, by its name. */
import { eulerMaruyama } from '../../sample/steps/euler-maruyama.ts';
import { repeated, sampler } from './sampler.ts';

export const eulerMaruyamaSampler = sampler({
  name: 'euler-maruyama',
  description: 'the reverse SDE by Euler-Maruyama',
  citation: 'Song et al. 2021, eq. 6',
  evaluationsPerStep: 1,
  defaultSteps: 1000,
  stochastic: true,
  options: {},
  build: (settings) => repeated(eulerMaruyama(), settings),
});
