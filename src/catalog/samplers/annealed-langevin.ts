/** @file The sampler `annealed-langevin`, by its name. */
import { annealedLangevin } from '../../sample/correctors/annealed-langevin.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { repeated, sampler } from './sampler.ts';

export const annealedLangevinSampler = sampler({
  name: 'annealed-langevin',
  description: "NCSN's annealed Langevin dynamics, 5 steps at each noise level",
  citation: 'Song and Ermon 2019, algorithm 1',
  evaluationsPerStep: 5,
  defaultSteps: 200,
  stochastic: true,
  grid: 'log-snr',
  options: {
    stepSize: withDefault(positive, 0.062, 'Langevin step, relative to sigma^2', { remedy: 'a smaller step size' }),
  },
  build: ({ stepSize, ...settings }) => repeated(annealedLangevin({ stepSize, steps: 5 }), settings),
});
