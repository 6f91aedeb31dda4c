/** @file The variational bound as a named objective. */
import { ancestralSampling, bound, chainOf, steps, variance } from './chain.ts';
import { objective } from './objective.ts';

export const vlbObjective = objective({
  name: 'vlb',
  description: 'L_vlb: the variational bound of a chain',
  citation: 'Ho et al. 2020, eq. 5; Nichol and Dhariwal 2021, section 3.1',
  task: 'score',
  options: { steps, variance: variance('small') },
  build: bound,
  visited: chainOf,
  sampling: ancestralSampling,
  variance: (loss) => loss.variance,
});
