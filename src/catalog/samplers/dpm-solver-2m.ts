/** @file The sampler `dpm-solver-2m`, by its name. */
import { dpmSolver2M } from '../../sample/multistep/dpm-solver-multistep.ts';
import { nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { lookingBack, sampler } from './sampler.ts';

export const dpmSolver2mSampler = sampler({
  name: 'dpm-solver-2m',
  description: 'DPM-Solver++(2M): second order from two estimates; with noise where eta is above 0',
  citation: 'Lu et al. 2022, DPM-Solver++, algorithm 2',
  evaluationsPerStep: 1,
  defaultSteps: 20,
  stochastic: false,
  grid: 'log-snr',
  options: {
    eta: withDefault(nonNegative, 0, 'noise: 0 is none, 1 that of the reverse SDE'),
  },
  build: ({ eta, ...settings }) => lookingBack(dpmSolver2M({ eta }), settings),
});
