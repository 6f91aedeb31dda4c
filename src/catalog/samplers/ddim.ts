/** @file The sampler `ddim`, by its name. */
import { ddim } from '../../sample/steps/ddim.ts';
import { fraction } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { repeated, sampler } from './sampler.ts';

export const ddimSampler = sampler({
  name: 'ddim',
  description: 'denoising diffusion implicit models; with noise where eta is above 0',
  citation: 'Song, Meng and Ermon 2021, eq. 12',
  evaluationsPerStep: 1,
  defaultSteps: 50,
  stochastic: false,
  grid: 'cosine',
  options: {
    eta: withDefault(fraction, 0, 'noise: 0 is none, 1 that of the reverse SDE'),
  },
  build: ({ eta, ...settings }) => repeated(ddim({ eta }), settings),
});
