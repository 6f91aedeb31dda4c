/** @file The trained model that a student learns from. */
import type { Plain } from '../../catalog/option.ts';
import { requireTeacher } from '../../model/distillation-plan.ts';
import { loadAnyRun } from '../../run/load.ts';
import type { FrozenScore } from '../../score/objectives/frozen-score.ts';
import { averaged } from '../../train/train.ts';

/** A teacher with the step of its checkpoint. */
export interface Teacher {
  readonly score: FrozenScore;
  readonly step: number;
}

/**
 * The teacher that an objective names, undefined where it names none.
 * @param loss - the part `loss` of a configuration
 * @throws ConfigError if it is no score at all noise levels, or a student where that makes no sense.
 * @throws FileError if there is none, or its files are damaged.
 */
export function teacherOf(loss: Plain): Teacher | undefined {
  const { teacher, teacherStep } = loss;
  if (typeof teacher !== 'string') return undefined;
  const source = loadAnyRun(teacher, typeof teacherStep === 'number' ? teacherStep : undefined);
  requireTeacher(source, teacher, loss);
  const { net, process, point } = source;
  return { score: { net, process, params: averaged(point.state) }, step: point.step };
}
