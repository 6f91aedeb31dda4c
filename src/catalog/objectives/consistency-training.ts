/** @file Consistency training as a named objective. */
import { consistency } from '../../score/distillation/consistency.ts';
import { doublingLevels, neighboringPairs } from '../../score/distillation/consistency-pairs.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';
import { consistencySampling, evaluations, huber, stageSteps, target } from './student.ts';

const levels = upTo(100_000);

export const consistencyTrainingObjective = objective({
  name: 'consistency-training',
  description: 'consistency training without a teacher, at levels that double in each stage',
  citation: 'Song and Dhariwal 2023, Improved techniques for training consistency models, section 3',
  task: 'score',
  students: true,
  options: {
    first: withDefault(levels, 10, 'intervals between levels in the first stage'),
    last: withDefault(levels, 1280, 'intervals between levels in the last stage'),
    stageSteps: stageSteps(500),
    target,
    steps: evaluations,
    huber: huber(5.4e-4),
  },
  build: (loss, { process }) =>
    consistency(process, {
      ...{ target: loss.target, huber: loss.huber },
      pairs: neighboringPairs(process.sde, { levels: doublingLevels(loss), law: 'log-normal' }),
      boundary: process.sde.tEnd,
      weight: (from, to) => 1 / (from - to),
    }),
  sampling: consistencySampling,
});
