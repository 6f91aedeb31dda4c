/** @file Eigenvalues alone of symmetric matrices, for matrices of hundreds of rows. */
import type { Tensor } from '../base/tensor.ts';
import { tridiagonal } from './tridiagonal.ts';

/**
 * Eigenvalues of a symmetric matrix: Householder reflections bring it to three diagonals, in 2/3 N^3 multiplications, of which
 * implicit QL steps find the eigenvalues in O(N^2). Each is within a few N 2^-53 of the norm of the matrix.
 * @param a - symmetric, `[N, N]`; the upper triangle is not read
 * @returns N numbers in no particular order
 * @throws ShapeError unless the matrix is square.
 * @throws NumericalError if an entry is not finite.
 * @see Golub and Van Loan 2013, "Matrix computations", sections 8.3.1 and 8.3.5
 */
export function symmetricEigenvalues(a: Tensor): Float64Array {
  const { diagonal, beside } = tridiagonal(a);
  implicitQl(diagonal, beside);
  return diagonal;
}

/** Rotations from the end of a block to its start, until all entries beside the diagonal are rounding errors. */
function implicitQl(d: Float64Array, e: Float64Array): void {
  const n = d.length;
  for (let start = 0; start < n; start++)
    for (;;) {
      let end = start;
      while (end < n - 1 && Math.abs(e[end]!) > Number.EPSILON * (Math.abs(d[end]!) + Math.abs(d[end + 1]!))) end++;
      if (end === start) break;
      qlStep(d, e, start, end);
    }
}

/** One QL step with Wilkinson's shift on the block of rows `start` to `end`. */
function qlStep(d: Float64Array, e: Float64Array, start: number, end: number): void {
  const half = (d[start + 1]! - d[start]!) / (2 * e[start]!);
  const shift = d[start]! - e[start]! / (half + (half < 0 ? -1 : 1) * Math.hypot(half, 1));
  let [cos, sin, moved] = [1, 1, 0];
  let g = d[end]! - shift;
  for (let i = end - 1; i >= start; i--) {
    const f = sin * e[i]!;
    const b = cos * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here.
      d[i + 1]! -= moved;
      e[end] = 0;
      return;
    }
    sin = f / r;
    cos = g / r;
    g = d[i + 1]! - moved;
    const turn = (d[i]! - g) * sin + 2 * cos * b;
    moved = sin * turn;
    d[i + 1] = g + moved;
    g = cos * turn - b;
  }
  d[start]! -= moved;
  e[start] = g;
  e[end] = 0;
}
