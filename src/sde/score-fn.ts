/** @file The first of the two seams: a score as a function, whoever computes it. */
import { batchOf, type Tensor } from '../base/tensor.ts';

/**
 * The score, the gradient of log p_t at x: `[B, …]` to `[B, …]`, at one time for the batch or one per sample.
 * Sample i of the result depends on sample i of the arguments alone.
 */
export type ScoreFn = (x: Tensor, t: number | readonly number[]) => Promise<Tensor>;

/** Times of a batch, one per sample. */
export function timesOf(t: number | readonly number[], x: Tensor): readonly number[] {
  return typeof t === 'number' ? Array.from({ length: batchOf(x) }, () => t) : t;
}
