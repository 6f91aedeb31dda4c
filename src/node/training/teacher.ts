/** @file The trained model that a student learns from. */
import { checkOptions } from '../../base/check.ts';
import type { Plain } from '../../catalog/option.ts';
import { requireTeacher } from '../../model/distillation-plan.ts';
import { bareAutoencoder, isOfLatents } from '../../nn/autoencoder.ts';
import { loadAnyRun } from '../../run/load.ts';
import type { FrozenScore } from '../../score/objectives/frozen-score.ts';
import type { TrainedAutoencoder } from '../../train/latents.ts';
import { averaged } from '../../train/train.ts';

/** A teacher with the step of its checkpoint. */
export interface Teacher {
  readonly score: FrozenScore;
  readonly step: number;
}

/** @throws ConfigError if a teacher of latents has another autoencoder than its student. */
export function requireSameAutoencoder({ score: { net, params } }: Teacher, own: TrainedAutoencoder): void {
  if (!isOfLatents(net)) return;
  const theirs = bareAutoencoder(net, { net, params }).params;
  const same = (['trained', 'fixed'] as const).every((sort) => {
    const [one, other] = [theirs[sort], own.params[sort]];
    return one.length === other.length && one.every((value, i) => value === other[i]);
  });
  const message =
    'expected a teacher of the autoencoder of the student, got one of another; begin with the parameters of the teacher, by --init';
  checkOptions([same, 'loss.teacher', message]);
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
