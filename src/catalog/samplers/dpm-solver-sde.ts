/** @file The sampler `dpm-solver-sde`, by its name. */
import { dpmSolver2M } from '../../sample/multistep/dpm-solver-multistep.ts';
import { nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { lookingBack, sampler } from './sampler.ts';

export const dpmSolverSdeSampler = sampler({
  name: 'dpm-solver-sde',
  description: 'SDE-DPM-Solver++(2M): the reverse SDE from two estimates',
  citation: 'Lu et al. 2022, DPM-Solver++, section 5',
  evaluationsPerStep: 1,
  defaultSteps: 50,
  stochastic: true,
  grid: 'log-snr',
  options: {
    eta: withDefault(nonNegative, 1, 'noise: 0 is none, 1 that of the reverse SDE'),
  },
  build: ({ eta, ...settings }) => lookingBack(dpmSolver2M({ eta }), settings),
});
