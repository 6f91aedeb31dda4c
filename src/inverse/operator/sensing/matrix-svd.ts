/** @file The singular value decomposition of a small dense matrix. */

/** Rows of numbers. */
export type MatrixRows = readonly Float64Array[];

/** A = sum_i s_i u_i v_i', with V completed to an orthonormal basis. */
export interface MatrixSvd {
  /** Those that are not zero up to rounding; r of them. */
  readonly singularValues: Float64Array;
  /** r rows of length m, orthonormal. */
  readonly u: MatrixRows;
  /** V'x: n numbers, in place. */
  readonly vtInto: (x: Float64Array) => void;
  /** V c: n numbers, in place. */
  readonly vInto: (c: Float64Array) => void;
}

/**
 * The decomposition of a matrix of m rows of length n, m <= n: rotations of pairs of rows make the rows orthogonal
 * (Hestenes 1958), which keeps small singular values accurate; Householder reflections complete the basis.
 */
export function matrixSvd(matrix: MatrixRows): MatrixSvd {
  const m = matrix.length;
  const n = matrix[0]?.length ?? 0;
  const rows = matrix.map((row) => row.slice()); // J A
  const turns = matrix.map((_, i) => Float64Array.from({ length: m }, (_, j) => (i === j ? 1 : 0))); // J
  for (let sweep = 0, turned = true; turned && sweep < 60; sweep++) {
    turned = false;
    for (let i = 0; i < m; i++) for (let j = i + 1; j < m; j++) if (orthogonalise(rows, turns, i, j)) turned = true;
  }
  const norms = rows.map((row) => Math.sqrt(dot(row, row)));
  const least = n * Number.EPSILON * Math.max(...norms);
  const kept = norms.flatMap((norm, i) => (norm > least ? [i] : []));
  const right = kept.map((i) => rows[i]!.map((value) => value / norms[i]!));
  return { singularValues: Float64Array.from(kept, (i) => norms[i]!), u: kept.map((i) => turns[i]!), ...basis(right) };
}

/** Turns rows i and j so that they are orthogonal; false if they were. */
function orthogonalise(rows: MatrixRows, turns: MatrixRows, i: number, j: number): boolean {
  const [a, b] = [rows[i]!, rows[j]!];
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa * bb)) return false;
  const zeta = (bb - aa) / (2 * ab);
  const tan = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cos = 1 / Math.sqrt(1 + tan * tan);
  for (const [p, q] of [
    [a, b],
    [turns[i]!, turns[j]!],
  ] as const) {
    for (let k = 0; k < p.length; k++) {
      const value = p[k]!;
      p[k] = cos * (value - tan * q[k]!);
      q[k] = cos * (q[k]! + tan * value);
    }
  }
  return true;
}

/** An orthonormal basis that begins with the given orthonormal vectors, as the product of a reflection for each. */
function basis(vectors: MatrixRows): Pick<MatrixSvd, 'vInto' | 'vtInto'> {
  const reflectors: Reflector[] = [];
  const signs: number[] = [];
  for (const [k, vector] of vectors.entries()) {
    const rest = vector.slice();
    for (const w of reflectors) reflectInto(rest, w);
    // Now zero before k, and of norm one: reflected to -+e_k, away from it, so that nothing cancels.
    const sign = rest[k]! < 0 ? 1 : -1;
    const w = rest.map((value, j) => (j < k ? 0 : j === k ? value - sign : value));
    reflectors.push({ w, from: k, square: dot(w, w) });
    signs.push(sign);
  }
  const signed = (c: Float64Array): void => signs.forEach((sign, k) => (c[k]! *= sign));
  return {
    vInto: (c) => {
      signed(c);
      for (let k = reflectors.length - 1; k >= 0; k--) reflectInto(c, reflectors[k]!);
    },
    vtInto: (x) => {
      for (const w of reflectors) reflectInto(x, w);
      signed(x);
    },
  };
}

/** The reflection I - 2 w w' / w'w, whose w is zero before an index. */
interface Reflector {
  readonly w: Float64Array;
  readonly from: number;
  readonly square: number;
}

function reflectInto(x: Float64Array, { w, from, square }: Reflector): void {
  let along = 0;
  for (let j = from; j < x.length; j++) along += w[j]! * x[j]!;
  const factor = (2 * along) / square;
  for (let j = from; j < x.length; j++) x[j]! -= factor * w[j]!;
}

/** Inner product. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
