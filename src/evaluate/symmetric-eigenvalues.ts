/** @file Eigenvalues alone of symmetric matrices, for matrices of hundreds of rows. */
import { allFinite } from '../base/arith.ts';
import { NumericalError, ShapeError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';

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
  const [n = 0, columns] = a.shape;
  if (a.shape.length !== 2 || n !== columns)
    throw new ShapeError(`symmetricEigenvalues: expected a square matrix, got [${a.shape}]`);
  if (!allFinite(a.data)) throw new NumericalError('symmetricEigenvalues: the matrix has entries that are not finite');
  const { diagonal, beside } = tridiagonal(Float64Array.from(a.data), n);
  implicitQl(diagonal, beside);
  return diagonal;
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i is beside diagonal entries i and i + 1; the last is 0. */
  readonly beside: Float64Array;
}

/** Reflects the last row to the entry beside its diagonal, then the row above, and so on; `m` is overwritten. */
function tridiagonal(m: Float64Array, n: number): Tridiagonal {
  const beside = new Float64Array(n);
  for (let k = n - 1; k > 1; k--) {
    const row = m.subarray(k * n, k * n + k);
    const size = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Squares neither overflow nor vanish.
    const norm = size === 0 ? 0 : size * Math.sqrt(row.reduce((sum, value) => sum + (value / size) ** 2, 0));
    const last = row[k - 1]!;
    if (norm === Math.abs(last)) {
      beside[k - 1] = last;
      continue;
    }
    beside[k - 1] = last > 0 ? -norm : norm;
    // H = I - 2 u u^T takes the row to (0, ..., 0, beside); the rest A becomes A - u w^T - w u^T.
    const u = row.slice();
    u[k - 1] = last - beside[k - 1]!;
    const length = norm * Math.sqrt(2 * (1 + Math.abs(last) / norm));
    for (let i = 0; i < k; i++) u[i]! /= length;
    reflect(m, u, n);
  }
  if (n > 1) beside[0] = m[n]!;
  return { diagonal: Float64Array.from({ length: n }, (_, i) => m[i * n + i]!), beside };
}

/** The leading block of k rows, of which the lower triangle is kept, reflected on both sides by I - 2 u u^T. */
function reflect(m: Float64Array, u: Float64Array, n: number): void {
  const k = u.length;
  const w = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    const row = m.subarray(i * n, i * n + i);
    const own = u[i]!;
    let sum = m[i * n + i]! * own;
    for (let j = 0; j < i; j++) {
      sum += row[j]! * u[j]!;
      w[j]! += row[j]! * own;
    }
    w[i]! += sum;
  }
  let along = 0;
  for (let i = 0; i < k; i++) along += u[i]! * w[i]!;
  for (let i = 0; i < k; i++) w[i] = 2 * (w[i]! - along * u[i]!);
  for (let i = 0; i < k; i++) {
    const row = m.subarray(i * n, i * n + i + 1);
    const [own, other] = [u[i]!, w[i]!];
    for (let j = 0; j <= i; j++) row[j]! -= own * w[j]! + other * u[j]!;
  }
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
