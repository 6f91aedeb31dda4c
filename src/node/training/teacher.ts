/** @file The trained model that a student learns from. */
import { checkOptions } from '../../base/check.ts';
import type { Plain } from '../../catalog/option.ts';
import { loadAnyRun, type LoadedRun } from '../../run/load.ts';
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

/**
 * Checks that a model can teach: a score, or for progressive distillation a student of twice the steps.
 * @param ref - where it is, for the message
 * @throws ConfigError unless it can.
 */
export function requireTeacher(
  { task, sampling }: Pick<LoadedRun, 'task' | 'sampling'>,
  ref: string,
  { kind, steps }: Plain,
): void {
  const { student } = sampling;
  const halves = kind === 'progressive' && student?.steps === 2 * Number(steps);
  const taken = student?.steps === undefined ? 'a consistency model' : `a student of ${student.steps} steps`;
  const instead = kind === 'progressive' ? `a score or a student of ${2 * Number(steps)} steps` : 'a score';
  checkOptions(
    [task === 'score', 'teacher', `expected a run or a model of a score, ${ref} is of a ${task}`],
    [!sampling.oneLevel, 'teacher', `expected a score at all noise levels, ${ref} has learned one level`],
    [student === undefined || halves, 'teacher', `expected ${instead}, ${ref} is ${taken}`],
  );
}
