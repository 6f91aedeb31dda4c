/** @file Easy consistency tuning as a named objective. */
import * as v from 'valibot';
import { consistency } from '../../score/distillation/consistency.ts';
import { easyPairs } from '../../score/distillation/consistency-pairs.ts';
import { positive, upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';
import { consistencySampling, evaluations, huber, stageSteps, target } from './student.ts';

export const easyConsistencyObjective = objective({
  name: 'easy-consistency',
  description: 'easy consistency tuning of a trained score, whose pairs of times draw closer in stages',
  citation: 'Geng et al. 2024, Consistency models made easy',
  task: 'score',
  students: true,
  options: {
    ratio: withDefault(
      v.pipe(positive, v.gtValue(1, 'expected more than 1'), v.maxValue(1024, 'expected at most 1024')),
      2,
      'factor by which the gap of the two times shrinks in each stage',
    ),
    stageSteps: stageSteps(250),
    stages: withDefault(upTo(64), 8, 'stages, of which the last one does not end'),
    target,
    steps: evaluations,
    huber: huber(0),
  },
  build: (loss, { process }) =>
    consistency(process, {
      ...{ target: loss.target, huber: loss.huber },
      pairs: easyPairs(process.sde, loss),
      weight: (from, to) => 1 / (from - to),
    }),
  sampling: consistencySampling,
});
