/** @file Denoising score matching at all noise levels as a named objective. */
import { denoising } from '../../score/objectives/denoising.ts';
import { objective } from './objective.ts';
import { weighingOptions } from './options.ts';

export const denoisingObjective = objective({
  name: 'denoising',
  description: 'denoising score matching at all noise levels',
  citation: 'Vincent 2011, eq. 11; Song et al. 2021, eq. 7',
  task: 'score',
  options: weighingOptions,
  build: (_loss, { process, weighing }) => denoising(process, weighing),
});
