/** @file Progressive distillation as a named objective. */
import * as v from 'valibot';
import { progressiveDistillation } from '../../score/distillation/progressive.ts';
import { dataWeighting, truncatedSnrWeighting, vWeighting } from '../../sde/learning/weighting.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';
import { teacherIn, teacherOptions } from './student.ts';

const weighed = { 'truncated-snr': truncatedSnrWeighting, v: vWeighting, x0: dataWeighting } as const;

export const progressiveObjective = objective({
  name: 'progressive',
  description: 'progressive distillation: one step of the student for two of its teacher',
  citation: 'Salimans and Ho 2022, algorithm 2',
  task: 'score',
  students: true,
  options: {
    ...teacherOptions,
    steps: withDefault(upTo(8192), 4, 'steps of the student, half of those of its teacher', { unit: 'steps' }),
    weights: withDefault(
      v.picklist(['truncated-snr', 'v', 'x0']),
      'truncated-snr',
      'weights of the squared error of the data: max(SNR, 1), SNR + 1, or 1',
    ),
  },
  build: (loss, parts) => {
    const { steps, weights } = loss;
    const { process } = parts;
    return progressiveDistillation(process, {
      teacher: teacherIn(parts, loss),
      steps,
      weighting: weighed[weights](process.sde),
    });
  },
  sampling: ({ steps }) => ({
    ...{ sampler: 'few-step', steps, grid: 'cosine', denoise: false },
    student: { samplers: ['few-step'], steps },
  }),
});
