/** @file Host tensors: float64 data in row-major order with a shape. Values are never changed after construction. */
import { ShapeError } from './errors.ts';

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** A dense row-major array on the host, in float64. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

/**
 * Wraps numbers as a tensor; a `Float64Array` is not copied.
 * @throws ShapeError if the number of elements is not that of the shape.
 * @example
 * ```ts
 * import { tensor } from 'scorefield';
 *
 * const points = tensor([0, 1, 2, 3, 4, 5], [3, 2]); // three points of the plane
 * console.log(points.shape, points.data);
 * ```
 */
export function tensor(data: ArrayLike<number>, shape: Shape): Tensor {
  if (data.length !== sizeOf(shape))
    throw new ShapeError(`tensor: expected ${sizeOf(shape)} elements for shape [${shape}], got ${data.length}`);
  return { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** A tensor of zeros. */
export function zeros(shape: Shape): Tensor {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/**
 * Checks a shape in which `undefined` stands for any size.
 * @throws ShapeError naming the tensor, the expected and the actual shape.
 */
export function expectShape(x: Tensor, expected: readonly (number | undefined)[], name: string): void {
  const fits = x.shape.length === expected.length && expected.every((n, i) => n === undefined || n === x.shape[i]);
  if (!fits) throw new ShapeError(`${name}: expected shape [${expected.map((n) => n ?? 'any')}], got [${x.shape}]`);
}

/**
 * The size of an axis.
 * @throws ShapeError if the tensor has no such axis.
 */
export function dimensionOf({ shape }: Pick<Tensor, 'shape'>, axis: number): number {
  const size = shape[axis];
  if (size === undefined)
    throw new ShapeError(`expected a tensor with an axis ${axis}, got one of shape [${shape.join(', ')}]`);
  return size;
}

/** Number of samples of a batch `[B, …]`. */
export function batchOf(x: Pick<Tensor, 'shape'>): number {
  const batch = x.shape[0];
  if (batch === undefined) throw new ShapeError('expected a batch [B, …], got a scalar');
  return batch;
}

/** Number of elements of one sample of a batch `[B, …]`. */
export function sampleSize(x: Tensor): number {
  return sizeOf(x.shape.slice(1));
}

/**
 * Rows of a batch, in the given order.
 * @returns `[rows.length, …]`
 */
export function takeRows(x: Tensor, rows: readonly number[]): Tensor {
  const size = sampleSize(x);
  const data = new Float64Array(rows.length * size);
  rows.forEach((row, i) => data.set(x.data.subarray(row * size, (row + 1) * size), i * size));
  return { shape: [rows.length, ...x.shape.slice(1)], data };
}

/** Batches stacked along the first axis. */
export function concatRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (first === undefined) throw new ShapeError('concatRows: expected at least one batch, got none');
  const tail = first.shape.slice(1);
  const rows = parts.reduce((sum, part) => sum + batchOf(part), 0);
  const out = zeros([rows, ...tail]);
  let offset = 0;
  for (const part of parts) {
    expectShape(part, [undefined, ...tail], 'concatRows');
    out.data.set(part.data, offset);
    offset += part.data.length;
  }
  return out;
}
