/** @file The sampler `dpm-solver-3m`, by its name. */
import { dpmSolver3M } from '../../sample/multistep/dpm-solver-multistep.ts';
import { nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { lookingBack, sampler } from './sampler.ts';

export const dpmSolver3mSampler = sampler({
  name: 'dpm-solver-3m',
  description: 'DPM-Solver++(3M): third order from three estimates; with noise where eta is above 0',
  citation: 'Lu et al. 2022, DPM-Solver++, section 4',
  evaluationsPerStep: 1,
  defaultSteps: 20,
  stochastic: false,
  grid: 'log-snr',
  options: {
    eta: withDefault(nonNegative, 0, 'noise: 0 is none, 1 that of the reverse SDE'),
  },
  build: ({ eta, ...settings }) => lookingBack(dpmSolver3M({ eta }), settings),
});
