/** @file Denoising score matching at one noise level as a named objective. */
import { denoising } from '../../score/objectives/denoising.ts';
import { objective } from './objective.ts';
import { reduction, sigma } from './options.ts';

export const dsmObjective = objective({
  name: 'dsm',
  description: 'denoising score matching at one noise level',
  citation: 'Vincent 2011, eq. 11',
  task: 'score',
  options: { sigma, reduction },
  build: (_loss, { process, weighing }) => denoising(process, { ...weighing, times: () => process.sde.tMin }),
  level: (loss) => loss.sigma,
});
