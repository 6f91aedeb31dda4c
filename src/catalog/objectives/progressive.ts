/** @file Progressive distillation as a named objective. */
import { progressiveDistillation } from '../../score/distillation/progressive.ts';
import * as v from 'valibot';
import { find } from '../named.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { weightingNames, weightings } from '../weightings.ts';
import { objective } from './objective.ts';
import { teacherIn, teacherOptions } from './student.ts';

export const progressiveObjective = objective({
  name: 'progressive',
  description: 'progressive distillation: one step of the student for two of its teacher',
  citation: 'Salimans and Ho 2022, algorithm 2',
  task: 'score',
  options: {
    ...teacherOptions,
    steps: withDefault(upTo(8192), 4, 'steps of the student, half of those of its teacher', { unit: 'steps' }),
    weights: withDefault(v.picklist(weightingNames), 'truncated-snr', 'weights over time', { names: 'weightings' }),
  },
  build: ({ steps, weights }, parts) => {
    const { process, sigmaData } = parts;
    const weighting = find(weightings, weights, 'loss.weights').build(process.sde, {
      times: 'uniform',
      sigmaData,
      gamma: 5,
    });
    return progressiveDistillation(process, { teacher: teacherIn(parts), steps, weighting });
  },
  sampling: ({ steps }) => ({
    ...{ sampler: 'few-step', steps, grid: 'cosine', denoise: false },
    student: { samplers: ['few-step'], steps },
  }),
});
