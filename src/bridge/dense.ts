/** @file Small dense matrices, row-major `[n, n]`. */
import { inverseCholesky } from '../base/cholesky.ts';
import { symmetricEigen } from '../evaluate/symmetric-eigen.ts';

/** A square matrix `[n, n]`, row-major. */
export type Matrix = Float64Array;

/** A sum of matrices with factors: sum_k c_k A_k. */
export function combined(...terms: readonly (readonly [factor: number, matrix: Matrix])[]): Matrix {
  const out = new Float64Array(terms[0]?.[1].length ?? 0);
  for (const [factor, matrix] of terms) for (let i = 0; i < out.length; i++) out[i]! += factor * matrix[i]!;
  return out;
}

/** The unit matrix. */
export function unitMatrix(n: number): Matrix {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  return out;
}

/** A B. */
export function product(a: Matrix, b: Matrix, n: number): Matrix {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const own = a[i * n + k]!;
      for (let j = 0; j < n; j++) out[i * n + j]! += own * b[k * n + j]!;
    }
  return out;
}

/** A^T. */
export function transposed(a: Matrix, n: number): Matrix {
  return Float64Array.from(a, (_, at) => a[(at % n) * n + Math.floor(at / n)]!);
}

/** A x. */
export function applied(a: Matrix, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i]! += a[i * n + j]! * x[j]!;
  return out;
}

/** f of a symmetric matrix: V f(values) V^T. */
export function functionOf(a: Matrix, n: number, f: (value: number) => number): Matrix {
  const { values, vectors } = symmetricEigen({ shape: [n, n], data: a });
  const out = new Float64Array(n * n);
  values.forEach((value, k) => {
    const factor = f(value);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) out[i * n + j]! += factor * vectors[k * n + i]! * vectors[k * n + j]!;
  });
  return out;
}

/** The inverse of a symmetric matrix without negative directions. */
export function inverseOf(a: Matrix, n: number): Matrix {
  const { inverse } = inverseCholesky(a, n);
  return product(transposed(inverse, n), inverse, n);
}
