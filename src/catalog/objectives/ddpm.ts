/** @file L_simple as a named objective. */
import { denoising } from '../../score/objectives/denoising.ts';
import { ancestralSampling, chainOf, steps } from './chain.ts';
import { among, objective } from './objective.ts';
import { reduction } from './options.ts';

export const ddpmObjective = objective({
  name: 'ddpm',
  description: 'L_simple: the squared error of the noise at the steps of a chain',
  citation: 'Ho et al. 2020, eq. 14',
  task: 'score',
  options: { steps, reduction },
  build: (loss, { process, weighing }) =>
    denoising(process, { ...weighing, ...among(process, chainOf(loss, process.sde)) }),
  visited: chainOf,
  sampling: ancestralSampling,
});
