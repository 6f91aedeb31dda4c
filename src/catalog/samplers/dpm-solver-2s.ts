/** @file The sampler `dpm-solver-2s`, by its name. */
import { dpmSolver2S } from '../../sample/steps/dpm-solver-2s.ts';
import { repeated, sampler } from './sampler.ts';

export const dpmSolver2sSampler = sampler({
  name: 'dpm-solver-2s',
  description: 'DPM-Solver++(2S): second order in single steps',
  citation: 'Lu et al. 2022, DPM-Solver++, algorithm 1',
  evaluationsPerStep: 2,
  defaultSteps: 15,
  stochastic: false,
  grid: 'log-snr',
  options: {},
  build: (settings) => repeated(dpmSolver2S(), settings),
});
