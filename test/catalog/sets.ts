/** @file Small data sets of each kind. */
import type { DataSet, ImageSet, PointSet } from '../../src/data/dataset.ts';
import { arraySet } from '../../src/data/arrays/array-set.ts';
import { networks } from '../../src/catalog/networks/index.ts';
import { openDataSet } from '../../src/run/data-sets.ts';

export const points = (await openDataSet('two-gaussians', { count: 50 })) as PointSet;

/** Whether the network of a name is one of points alone. */
export function isOfPoints(kind: string): boolean {
  return networks.some(({ name, axes }) => name === kind && axes.join() === '1');
}

/** Eight series of one channel and 32 times, one class after the other. */
export const series: DataSet = {
  ...arraySet({ shape: [8, 32], data: Float32Array.from({ length: 256 }, (_, j) => Math.sin(j * j)) }, 'series.npy', {
    layout: 'nl',
  }),
  labels: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1),
  classNames: ['a', 'b', 'c'],
};

/** Whether the network of a name is one of series alone. */
export function isOfSeries(kind: string): boolean {
  return networks.some(({ name, axes }) => name === kind && axes.join() === '2');
}

/** Color images of a side. */
export async function images(size: number): Promise<ImageSet> {
  return (await openDataSet('emoji', { size, limit: 5, group: 'faces' })) as ImageSet;
}

/** The issues of the ConfigError that an action throws, as `path: message`. */
export function issuesOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof Error && 'issues' in error)
      return (error.issues as { path: string; message: string }[]).map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}
