/** @file What is in a data set, as numbers to print. */
import { dimensionOf } from '../base/tensor.ts';
import { binaryScale } from './binary-scale.ts';
import { classesOf, sampleShape, type DataSet } from './dataset.ts';

/** A summary of a set. */
export interface DataSetSummary {
  readonly name: string;
  readonly kind: DataSet['kind'];
  readonly count: number;
  /** Shape of one sample: `[channels, height, width]` or `[dimension]`. */
  readonly shape: readonly number[];
  /** Least and greatest value. */
  readonly range: readonly [number, number];
  /** Mean of each channel or dimension. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel or dimension. */
  readonly std: readonly number[];
  /** Samples of each class, where the set has classes. */
  readonly classes?: readonly { readonly name: string; readonly count: number }[];
  /** Whether batches contain mirror images, for images. */
  readonly flips?: boolean;
  readonly bytesInMemory: number;
  /** What was left out when the set was read, and why. */
  readonly notes?: readonly string[];
}

/** Counts, shape, range and moments of a set. */
export function describe(set: DataSet): DataSetSummary {
  const shape = sampleShape(set);
  const data = set.kind === 'images' ? (set.floats?.values ?? set.pixels) : set.values;
  const groups = dimensionOf({ shape }, 0);
  const area = set.kind === 'images' ? set.height * set.width : 1;
  // Deviations from a value of the same group: a large common offset does not eat the digits.
  const sums = Array.from({ length: groups }, (_, g) => {
    const origin = data[g * area] ?? 0;
    const unit = set.kind === 'images' ? 1 : binaryScale(data.filter((_, j) => j % groups === g));
    return { unit, origin, least: origin, most: origin, sum: 0, squares: 0 };
  });
  for (let start = 0; start < data.length; start += area) {
    const group = sums[(start / area) % groups]!;
    const { unit } = group;
    for (let j = start; j < start + area; j++) {
      const value = data[j]!;
      group.least = Math.min(group.least, value);
      group.most = Math.max(group.most, value);
      const apart = value / unit - group.origin / unit;
      group.sum += apart;
      group.squares += apart ** 2;
    }
  }
  const n = data.length / groups;
  const moments = sums.map(({ unit, origin, sum, squares }) => ({
    mean: origin + unit * (sum / n),
    std: unit * Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)),
  }));
  const { name, kind, count, labels } = set;
  return {
    name,
    kind,
    count,
    shape,
    range: [Math.min(...sums.map(({ least }) => least)), Math.max(...sums.map(({ most }) => most))],
    mean: moments.map(({ mean }) => mean),
    std: moments.map(({ std }) => std),
    ...(set.kind === 'images' && { flips: set.flips }),
    ...(labels && { classes: classCounts(labels, classesOf(set)) }),
    bytesInMemory:
      data.byteLength + (set.kind === 'images' && set.floats ? set.pixels.byteLength : 0) + (labels?.byteLength ?? 0),
    ...(set.notes && { notes: set.notes }),
  };
}

function classCounts(labels: Uint8Array, names: readonly string[]): { name: string; count: number }[] {
  const counts = names.map(() => 0);
  for (const label of labels) counts[label]! += 1;
  return names.map((name, label) => ({ name, count: counts[label]! }));
}
