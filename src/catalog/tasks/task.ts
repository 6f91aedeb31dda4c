/** @file The record of a task: what is trained. */
import type { ParametrizationOf } from '../../sde/learning/parametrization.ts';
import type { Named } from '../named.ts';
import type { Plain } from '../option.ts';

/** A task: what a network learns, which decides which networks and objectives a run can have. */
export interface TaskRecord<Name extends string = string> extends Named<Name> {
  /** What a model of it is good for, after its name in a list. */
  readonly use: string;
  /** Name of its network unless another is asked for; that of the kind of data if undefined. */
  readonly network?: string;
  /** Name of the task whose networks it takes. Default its own. */
  readonly networks?: string;
  /** Name of its objective unless another is asked for; undefined of a task that no run of its own has. */
  readonly objective?: string;
  /** Whether it needs the class of every sample. */
  readonly labels?: boolean;
  /** Whether it is the only one for the kinds of data whose usual task it is, and for no others. Default false. */
  readonly ofKind?: boolean;
  /** Settings of `train` unless others are asked for; those of the kind of data by default. */
  readonly train?: Plain;
  /** What the network reads where that is not for the run to choose. */
  readonly parametrization?: ParametrizationOf;
}

/** A record of a task. */
export function task<const Name extends string>(record: TaskRecord<Name>): TaskRecord<Name> {
  return Object.freeze(record);
}

/** The tasks that a run can have. */
export function trainable(tasks: readonly TaskRecord[]): readonly TaskRecord[] {
  return tasks.filter(({ objective }) => objective !== undefined);
}
