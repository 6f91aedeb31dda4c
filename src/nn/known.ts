/** @file Networks that are given which numbers of a sample are known, and their values. */
import { sizeOf, type Shape } from '../base/tensor.ts';
import { mul, reshape, slice } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';

/** Columns of the rows of a network of samples of a shape: their values, and a mark of each. */
export function knownColumns(sampleShape: Shape): number {
  return 2 * sizeOf(sampleShape);
}

/**
 * The row of a sample for a network that completes what is known: the values, 0 where they are unknown, and 1 where they are known, -1 where there are none, divided by sqrt(2 D) so that
 * the squares of a row sum to about 1.
 * @param x - D numbers in the model's range
 * @param known - 1 for a number that is known, -1 for one that is missing and not sought, else 0
 * @param out - 2 D numbers
 */
export function knownRowInto(out: Float32Array, x: ArrayLike<number>, known: ArrayLike<number>): void {
  const size = known.length;
  const unit = 1 / Math.sqrt(2 * size);
  for (let j = 0; j < size; j++) {
    out[j] = known[j] === 1 ? unit * (x[j] ?? NaN) : 0;
    out[size + j] = unit * (known[j] ?? 0);
  }
}

/** Values and marks of rows `[B, 2 D]`, each in the shape of the samples, `[B, …]`. */
export function knownParts(rows: Node, sampleShape: Shape): readonly [values: Node, marks: Node] {
  const [batch = 1, columns = 0] = rows.shape;
  const whole = mul(rows, Math.sqrt(columns));
  const half = (begin: number): Node =>
    reshape(slice(whole, 1, { begin, end: begin + columns / 2 }), [batch, ...sampleShape]);
  return [half(0), half(columns / 2)];
}
