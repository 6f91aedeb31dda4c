/** @file Distances of all pairs of two sets, by one product of matrices. */
import { ShapeError } from '../base/errors.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import { plainProduct, type MatrixProduct } from './float-rows.ts';

/** Euclidean distances of the samples of one set from those of another. */
export interface PairDistances {
  readonly rows: number;
  readonly columns: number;
  /** `[rows, columns]`, row-major. */
  readonly data: Float32Array;
}

/**
 * Distances of all pairs, from products in float32: they are wrong by about 1e-4 of the spread of the sets for samples that are nearly equal.
 * @param a - `[M, …]`
 * @param b - `[N, …]`
 * @throws ShapeError if the sizes of samples differ.
 */
export async function pairDistances(
  a: Tensor,
  b: Tensor,
  product: MatrixProduct = plainProduct,
): Promise<PairDistances> {
  const [rows, columns, size] = [batchOf(a), batchOf(b), sampleSize(a)];
  if (sampleSize(b) !== size)
    throw new ShapeError(`pairDistances: expected samples of one size, got [${a.shape}] and [${b.shape}]`);
  // What is left of the mean would take digits from the differences.
  const mean = new Float64Array(size);
  b.data.forEach((value, at) => (mean[at % size]! += value / columns));
  const left = Float32Array.from(a.data, (value, at) => value - mean[at % size]!);
  const right = new Float32Array(size * columns);
  for (let j = 0; j < columns; j++)
    for (let c = 0; c < size; c++) right[c * columns + j] = b.data[j * size + c]! - mean[c]!;
  const [own, theirs] = [new Float64Array(rows), new Float64Array(columns)];
  left.forEach((value, at) => (own[Math.floor(at / size)]! += value * value));
  right.forEach((value, at) => (theirs[at % columns]! += value * value));
  const data = await product(left, right, { rows, inner: size, columns });
  for (let i = 0; i < rows; i++)
    for (let j = 0, at = i * columns; j < columns; j++, at++)
      data[at] = Math.sqrt(Math.max(0, own[i]! + theirs[j]! - 2 * data[at]!));
  return { rows, columns, data };
}
