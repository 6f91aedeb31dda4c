/** @file How a batch is divided into parts, each of which has a share of every section of it. */
import { InternalError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { Objective } from './objectives/objective.ts';

/** One of the parts of a batch. */
export interface BatchPart {
  readonly index: number;
  readonly count: number;
  /** Rows of the batch that it has, as many as the others. */
  readonly rows: readonly number[];
}

/** Whether a batch can be divided into so many parts, of which each is a batch like the whole. */
export function divides(objective: Objective, batch: number, count: number): boolean {
  const { sections } = objective;
  if (count === 1) return true;
  if (sections === undefined || batch % count !== 0) return false;
  const [whole, own] = [sections(batch), sections(batch / count)];
  return whole.length === own.length && whole.every((size, i) => size === count * (own[i] ?? 0));
}

/** The largest number of parts up to `most` into which a batch can be divided. */
export function mostParts(objective: Objective, batch: number, most: number): number {
  for (let count = Math.min(most, batch); count > 1; count--) if (divides(objective, batch, count)) return count;
  return 1;
}

/** A part of a batch whose sections have these sizes. */
export function batchPart(sections: readonly number[], count: number, index: number): BatchPart {
  const rows: number[] = [];
  let begin = 0;
  for (const size of sections) {
    const share = size / count;
    for (let i = 0; i < share; i++) rows.push(begin + index * share + i);
    begin += size;
  }
  return { index, count, rows };
}

/**
 * What a part reads of an array of the whole batch: its rows, or of an array that only one section has, the share of it.
 * @param shape - of what the part reads
 * @throws InternalError if the array is not as many times as long as there are parts.
 */
export function partOf(
  name: string,
  whole: Float32Array,
  shape: Shape,
  { index, count, rows }: BatchPart,
): Float32Array {
  const size = sizeOf(shape);
  if (whole.length !== count * size)
    throw new InternalError(`input '${name}': expected ${count} parts of ${size} values, got ${whole.length}`);
  if (shape[0] !== rows.length) return whole.slice(index * size, (index + 1) * size);
  const width = size / rows.length;
  const own = new Float32Array(size);
  rows.forEach((row, i) => own.set(whole.subarray(row * width, (row + 1) * width), i * width));
  return own;
}
