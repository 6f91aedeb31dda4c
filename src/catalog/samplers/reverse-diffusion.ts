/** @file The sampler `reverse-diffusion`, by its name. */
import { reverseDiffusion } from '../../sample/steps/reverse-diffusion.ts';
import { repeated, sampler } from './sampler.ts';

export const reverseDiffusionSampler = sampler({
  name: 'reverse-diffusion',
  description: 'the reverse SDE in the steps of the forward one',
  citation: 'Song et al. 2021, appendix E',
  evaluationsPerStep: 1,
  defaultSteps: 1000,
  stochastic: true,
  options: {},
  build: (settings) => repeated(reverseDiffusion(), settings),
});
