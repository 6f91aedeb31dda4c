/** @file Denoising score matching at all noise levels as a named objective, and flow matching with a coupling. */
import { denoising } from '../../score/objectives/denoising.ts';
import { objective } from './objective.ts';
import { coupling, weighingOptions } from './options.ts';

export const denoisingObjective = objective({
  name: 'denoising',
  description: 'denoising score matching at all noise levels, or flow matching with a coupling of data and noise',
  citation: 'Vincent 2011, eq. 11; Song et al. 2021, eq. 7; Lipman et al. 2023, eq. 9',
  task: 'score',
  options: { ...weighingOptions, coupling },
  build: (_loss, { process, weighing, coupling: pairs }) =>
    denoising(process, { ...weighing, ...(pairs === undefined ? {} : { coupling: pairs }) }),
});
