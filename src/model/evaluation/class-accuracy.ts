/** @file How often a classifier finds the class of samples. */
import { inClassOrder, knowsClasses } from '../../data/class-names.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import type { DataSet } from '../../data/dataset.ts';

/** How often the classes of some rows are those that an extractor has found; undefined without classes, or with others. */
export function rightOf(
  { set, rows }: { readonly set: DataSet; readonly rows: readonly number[] },
  found: readonly number[],
  names: readonly string[],
): Estimate | undefined {
  if (names.length === 0 || !knowsClasses(names, set)) return undefined;
  const { labels } = inClassOrder(set, { names, whose: 'the extractor', path: 'data' });
  return meanEstimate(rows.map((row, i) => Number(labels[row] === found[i])));
}
