/** @file Distillation of pairs of noise and samples as a named objective. */
import { pairDistillation } from '../../score/distillation/luhman.ts';
import { objective } from './objective.ts';

export const luhmanObjective = objective({
  name: 'luhman',
  description:
    'one evaluation for a whole sampler, learned from pairs of noise and samples as `sample --pairs` writes them',
  citation: 'Luhman and Luhman 2021, eq. 5',
  task: 'score',
  students: true,
  options: {},
  build: (_loss, { process }) => pairDistillation(process),
  sampling: () => ({
    ...{ sampler: 'few-step', steps: 1, grid: 'cosine', denoise: false },
    student: { samplers: ['few-step'], steps: 1 },
  }),
});
