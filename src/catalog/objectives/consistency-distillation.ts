/** @file Consistency distillation as a named objective. */
import * as v from 'valibot';
import { consistency } from '../../score/distillation/consistency.ts';
import { neighboringPairs } from '../../score/distillation/consistency-pairs.ts';
import { nonNegative } from '../config/limits.ts';
import { optional, withDefault } from '../option.ts';
import { objective } from './objective.ts';
import { twoOrMore } from './options.ts';
import { consistencySampling, evaluations, target, teacherIn, teacherOptions } from './student.ts';

export const consistencyDistillationObjective = objective({
  name: 'consistency',
  description: 'consistency distillation: equal estimates at neighboring times of the flow of a teacher',
  citation: 'Song et al. 2023, Consistency models, algorithm 2',
  task: 'score',
  students: true,
  options: {
    ...teacherOptions,
    levels: withDefault(twoOrMore, 18, 'noise levels, spaced as those of EDM'),
    solver: withDefault(v.picklist(['ddim', 'heun']), 'heun', 'step of the teacher from a level to the next'),
    target,
    steps: evaluations,
    huber: optional(
      nonNegative,
      'c of the distance sqrt(mean d^2 + c^2) - c of two estimates (default: their mean square)',
    ),
  },
  build: (loss, parts) => {
    const { sde } = parts.process;
    const { levels, solver } = loss;
    return consistency(parts.process, {
      ...{ solver, target: loss.target, huber: loss.huber },
      pairs: neighboringPairs(sde, { levels: () => levels }),
      boundary: sde.tEnd,
      teacher: teacherIn(parts, loss),
    });
  },
  sampling: consistencySampling,
});
