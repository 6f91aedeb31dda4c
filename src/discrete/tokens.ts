/**
 * @file Sequences of tokens, numbers of 0 to K - 1, and what a model says of them. A masked position has the number K.
 */
import { ShapeError } from '../base/errors.ts';
import { dimensionOf, zeros, type Tensor } from '../base/tensor.ts';

/**
 * What a model of tokens says: p(x0_i = k | x_t) at each position i, `[B, L, K]`, of noised tokens x `[B, L]` at time t.
 * @param t - of 0, no noise, to 1
 */
export type TokenProbabilities = (x: Tensor, t: number) => Tensor | Promise<Tensor>;

/** The row of K numbers of a position of `[B, L, K]`, not a copy. */
export function rowAt({ shape, data }: Tensor, position: number): Float64Array {
  const states = shape.at(-1) ?? 0;
  return data.subarray(position * states, (position + 1) * states);
}

/** Divides numbers of 0 or more by their sum, in place. */
export function normalizeInto(weights: Float64Array): Float64Array {
  let sum = 0;
  for (const weight of weights) sum += weight;
  for (let k = 0; k < weights.length; k++) weights[k]! /= sum;
  return weights;
}

/** Sequences as a batch `[B, L]`. */
export function batchOfTokens(rows: readonly ArrayLike<number>[]): Tensor {
  const length = rows[0]?.length ?? 0;
  const out = zeros([rows.length, length]);
  rows.forEach((row, i) => {
    if (row.length !== length) throw new ShapeError(`expected ${length} tokens in every sequence, got ${row.length}`);
    out.data.set(row, i * length);
  });
  return out;
}

/** The sequences of a batch `[B, L]`. */
export function sequencesOf(x: Tensor): readonly Uint32Array[] {
  const length = dimensionOf(x, 1);
  return Array.from({ length: dimensionOf(x, 0) }, (_, i) =>
    Uint32Array.from(x.data.subarray(i * length, (i + 1) * length)),
  );
}
