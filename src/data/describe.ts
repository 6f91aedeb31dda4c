/** @file What is in a data set, as numbers to print. */
import { classesOf, kindOf, sampleShape, type DataSet } from './dataset.ts';
import type { SetFacts } from './kinds/set-kind.ts';

/** A summary of a set. */
export interface DataSetSummary extends SetFacts {
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  /** Shape of one sample: `[channels, height, width]` or `[dimension]`. */
  readonly shape: readonly number[];
  /** Samples of each class, where the set has classes. */
  readonly classes?: readonly { readonly name: string; readonly count: number }[];
  readonly bytesInMemory: number;
  /** What was left out when the set was read, and why. */
  readonly notes?: readonly string[];
}

/** Counts, shape, range and moments of a set. */
export function describe(set: DataSet): DataSetSummary {
  const kind = kindOf(set);
  const { name, count, labels } = set;
  const bytes = kind.content(set).reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    name,
    kind: kind.name,
    count,
    shape: sampleShape(set),
    ...kind.describe(set),
    ...(labels && { classes: classCounts(labels, classesOf(set)) }),
    bytesInMemory: bytes + (kind.extraBytes?.(set) ?? 0) + (labels?.byteLength ?? 0),
    ...(set.notes && { notes: set.notes }),
  };
}

function classCounts(labels: Uint8Array, names: readonly string[]): { name: string; count: number }[] {
  return names.map((name, label) => ({ name, count: labels.reduce((sum, own) => sum + Number(own === label), 0) }));
}
