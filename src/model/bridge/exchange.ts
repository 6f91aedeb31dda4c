/** @file Pairs that are exchanged so that their ends are near. */
import { assignment } from '../../base/assignment.ts';
import { batchOf, sampleSize, type Tensor } from '../../base/tensor.ts';
import { halfSquaredDistances } from '../../bridge/sinkhorn.ts';

/** Samples that are assigned at a time: the cost grows with their third power. */
const group = 512;

/**
 * Starts in the order in which the sum of squared distances to the ends is least, in groups of 512.
 * @param ends - `[n, …]`
 * @param starts - `[n, …]`
 */
export function exchanged(ends: Tensor, starts: Tensor): Tensor {
  const size = sampleSize(ends);
  const data = new Float64Array(starts.data.length);
  for (let begin = 0; begin < batchOf(ends); begin += group) {
    const end = Math.min(batchOf(ends), begin + group);
    const [a, b] = [ends, starts].map(({ data: all }) => all.subarray(begin * size, end * size));
    const columns = assignment(halfSquaredDistances(a!, b!, size), end - begin);
    columns.forEach((column, i) => data.set(b!.subarray(column * size, (column + 1) * size), (begin + i) * size));
  }
  return { shape: starts.shape, data };
}
