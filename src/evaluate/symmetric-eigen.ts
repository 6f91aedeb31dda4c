/** @file Eigenvalues and eigenvectors of symmetric matrices. */
import { allFinite } from '../base/arith.ts';
import { NumericalError, ShapeError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';

/** A = V diag(values) V^T. */
export interface SymmetricEigen {
  /** In no particular order. */
  readonly values: Float64Array;
  /** Row k is the unit vector of value k: `[N, N]`, the transpose of V. */
  readonly vectors: Float64Array;
}

/**
 * Cyclic Jacobi rotations until the entries off the diagonal are rounding errors; six to ten sweeps of O(N^3), accurate
 * for small eigenvalues too.
 * @param a - symmetric, `[N, N]`; the lower triangle is not read
 * @throws ShapeError unless the matrix is square.
 * @throws NumericalError if an entry is not finite.
 * @see Golub and Van Loan 2013, "Matrix computations", section 8.5
 */
export function symmetricEigen(a: Tensor): SymmetricEigen {
  const [n = 0, columns] = a.shape;
  if (a.shape.length !== 2 || n !== columns)
    throw new ShapeError(`symmetricEigen: expected a square matrix, got [${a.shape}]`);
  if (!allFinite(a.data)) throw new NumericalError('symmetricEigen: the matrix has entries that are not finite');
  const m = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) m[i * n + j] = m[j * n + i] = a.data[i * n + j]!;
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let rotated = true; rotated;) {
    rotated = false;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const off = m[p * n + q]!;
        const [pp, qq] = [m[p * n + p]!, m[q * n + q]!];
        // Small against its own two diagonal entries, so that small eigenvalues keep their digits too.
        if (Math.abs(off) <= Number.EPSILON * Math.sqrt(Math.abs(pp * qq)) || Math.abs(off) < 1e-300) continue;
        rotated = true;
        const half = (qq - pp) / (2 * off);
        const tan = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(1, half));
        const cos = 1 / Math.hypot(1, tan);
        const turn = { p, q, n, cos, sin: tan * cos };
        turnColumns(m, turn);
        turnRows(m, turn);
        turnRows(vectors, turn);
        m[p * n + q] = m[q * n + p] = 0;
      }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => m[i * n + i]!), vectors };
}

/** A rotation in the plane of the axes p and q. */
interface Turn {
  readonly p: number;
  readonly q: number;
  readonly n: number;
  readonly cos: number;
  readonly sin: number;
}

function turnRows(m: Float64Array, { p, q, n, cos, sin }: Turn): void {
  for (let k = 0; k < n; k++) {
    const [u, v] = [m[p * n + k]!, m[q * n + k]!];
    m[p * n + k] = cos * u - sin * v;
    m[q * n + k] = sin * u + cos * v;
  }
}

function turnColumns(m: Float64Array, { p, q, n, cos, sin }: Turn): void {
  for (let k = 0; k < n; k++) {
    const [u, v] = [m[k * n + p]!, m[k * n + q]!];
    m[k * n + p] = cos * u - sin * v;
    m[k * n + q] = sin * u + cos * v;
  }
}
