/** @file Symmetric matrices brought to three diagonals, in which linear equations are cheap. */
import { allFinite } from '../base/arith.ts';
import { NumericalError, ShapeError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';

/** T of A = Q T Q^T. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i is beside diagonal entries i and i + 1; the last is 0. */
  readonly beside: Float64Array;
  /** Unit vectors u of the reflections I - 2 u u^T of which Q is the product, in its order; each is of the first numbers alone. */
  readonly reflections: readonly Float64Array[];
}

/**
 * The three diagonals of a symmetric matrix by Householder reflections, from the last row up.
 * @param a - symmetric, `[N, N]`; the upper triangle is not read
 * @throws ShapeError unless the matrix is square.
 * @throws NumericalError if an entry is not finite.
 * @see Golub and Van Loan 2013, "Matrix computations", section 8.3.1
 */
export function tridiagonal(a: Tensor): Tridiagonal {
  const [n = 0, columns] = a.shape;
  if (a.shape.length !== 2 || n !== columns)
    throw new ShapeError(`symmetricEigenvalues: expected a square matrix, got [${a.shape}]`);
  if (!allFinite(a.data)) throw new NumericalError('symmetricEigenvalues: the matrix has entries that are not finite');
  const m = Float64Array.from(a.data);
  const beside = new Float64Array(n);
  const reflections: Float64Array[] = [];
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
    reflections.push(u);
  }
  if (n > 1) beside[0] = m[n]!;
  return { diagonal: Float64Array.from({ length: n }, (_, i) => m[i * n + i]!), beside, reflections };
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

/** Q^T x of each row x of `[B, N]`, in place. */
export function turned({ reflections, diagonal: { length: n } }: Tridiagonal, rows: Float64Array): Float64Array {
  for (let begin = 0; begin < rows.length; begin += n) {
    const x = rows.subarray(begin, begin + n);
    for (const u of reflections) {
      let along = 0;
      for (let j = 0; j < u.length; j++) along += x[j]! * u[j]!;
      for (let j = 0; j < u.length; j++) x[j]! -= 2 * along * u[j]!;
    }
  }
  return rows;
}

/** T x of each row x of `[B, N]`. */
export function timesTridiagonal({ diagonal, beside }: Tridiagonal, rows: Float64Array): Float64Array {
  const n = diagonal.length;
  return rows.map((value, at) => {
    const i = at % n;
    const before = i > 0 ? beside[i - 1]! * rows[at - 1]! : 0;
    return diagonal[i]! * value + before + (i < n - 1 ? beside[i]! * rows[at + 1]! : 0);
  });
}

/**
 * The solutions x of (T + shift) x = b for each row b of `[B, N]`, by elimination in its order.
 * @param form - without eigenvalues below zero, but for rounding
 * @param shift - above 0
 */
export function solveTridiagonal({ diagonal, beside }: Tridiagonal, shift: number, rows: Float64Array): Float64Array {
  const n = diagonal.length;
  const pivots = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const above = i === 0 ? 0 : beside[i - 1]! ** 2 / pivots[i - 1]!;
    // At least the shift, but for rounding.
    pivots[i] = Math.max(diagonal[i]! + shift - above, 0.5 * shift);
  }
  const out = rows.slice();
  for (let begin = 0; begin < out.length; begin += n) {
    const x = out.subarray(begin, begin + n);
    for (let i = 1; i < n; i++) x[i]! -= (beside[i - 1]! / pivots[i - 1]!) * x[i - 1]!;
    for (let i = n - 1; i >= 0; i--) x[i] = (x[i]! - (i < n - 1 ? beside[i]! * x[i + 1]! : 0)) / pivots[i]!;
  }
  return out;
}
