/** @file The objective of improved DDPM as a named one. */
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { ancestralSampling, bound, chainOf, steps, variance } from './chain.ts';
import { objective } from './objective.ts';

export const hybridObjective = objective({
  name: 'hybrid',
  description: 'L_hybrid: L_simple with a share of the variational bound, which teaches the variance',
  citation: 'Nichol and Dhariwal 2021, eq. 16',
  task: 'score',
  options: {
    steps,
    variance: variance('learned'),
    factor: withDefault(positive, 0.001, 'factor of L_vlb beside L_simple'),
  },
  build: bound,
  visited: chainOf,
  sampling: ancestralSampling,
  variance: (loss) => loss.variance,
});
