/** @file How many samples an array has. */
import { ShapeError } from '../../base/errors.ts';
import { sizeOf, type Shape } from '../../base/tensor.ts';

/**
 * Samples of an array, whose first axis may be left out for one.
 * @throws ShapeError unless it has samples of a shape.
 */
export function countOf(shape: Shape, sample: Shape, data: ArrayLike<number>, name: string): number {
  const own = shape.length === sample.length ? [1, ...shape] : shape;
  const [count = 0, ...rest] = own;
  if (rest.join() !== sample.join() || count < 1 || data.length !== sizeOf(own))
    throw new ShapeError(
      `${name}: expected an array [n, ${sample.join(', ')}], got ${data.length} numbers of shape [${shape.join(', ')}]`,
    );
  return count;
}
