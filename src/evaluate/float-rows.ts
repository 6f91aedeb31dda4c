/** @file Many samples as the float32 numbers in which they are loaded: half the memory of a tensor. */

/** Samples end to end. */
export interface FloatRows {
  readonly count: number;
  /** Numbers of a sample. */
  readonly size: number;
  /** `[count, size]`, row-major. */
  readonly data: Float32Array;
}

/**
 * The product of row-major matrices, `a` `[rows, inner]` and `b` `[inner, columns]`, `[rows, columns]`. An engine may compute it in float32.
 */
export type MatrixProduct = (
  a: Float32Array,
  b: Float32Array,
  sizes: { readonly rows: number; readonly inner: number; readonly columns: number },
) => Promise<Float32Array>;

/** The product in float64, rounded once. */
export const plainProduct: MatrixProduct = (a, b, { rows, inner, columns }) => {
  const out = new Float32Array(rows * columns);
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k]!;
      if (factor === 0) continue;
      for (let j = 0, at = k * columns; j < columns; j++, at++) sums[j]! += factor * b[at]!;
    }
    out.set(sums, i * columns);
  }
  return Promise.resolve(out);
};

/** The transpose of a row-major matrix, as products need their second factor. */
export function transposedRows(data: Float32Array, columns: number): Float32Array {
  const rows = data.length / columns;
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!;
  return out;
}
