/** @file The sampler `ancestral`, by its name. */
import { ancestral } from '../../sample/steps/ancestral.ts';
import { repeated, sampler } from './sampler.ts';

export const ancestralSampler = sampler({
  name: 'ancestral',
  description: 'ancestral sampling of DDPM, for any SDE',
  citation: 'Ho et al. 2020, algorithm 2',
  evaluationsPerStep: 1,
  defaultSteps: 250,
  stochastic: true,
  options: {},
  build: (settings) => repeated(ancestral(), settings),
});
