/** @file The run or the model whose parameters a new run begins with. */
import { checkOptions } from '../../base/check.ts';
import { inClassOrder } from '../../data/class-names.ts';
import type { DataSet } from '../../data/dataset.ts';
import { loadAnyRun, type LoadedRun } from '../../run/load.ts';

/** A set in the order of the classes that the parameters to begin with know, if they know any. */
export function inOrderOf({ data: { classes } }: Pick<LoadedRun, 'data'>, set: DataSet, ref: string): DataSet {
  if (classes === undefined || set.labels === undefined) return set;
  return inClassOrder(set, { names: classes.names, whose: ref, path: 'init' });
}

/** The run or the model that a new run begins from. */
export function sourceOf(ref: string, task: string): LoadedRun {
  const source = loadAnyRun(ref);
  checkOptions([source.task === task, 'init', `expected a run or a model of a ${task}, ${ref} is of a ${source.task}`]);
  return source;
}
