/** @file The best linear score of data: what their covariance alone says of noisy samples. */
import { combine, dotPerSample } from '../base/arith.ts';
import { batchOf, type Tensor } from '../base/tensor.ts';
import { meanOf, shrinkageOf, type Covariance } from './covariance.ts';
import { plainProduct, type FloatRows, type MatrixProduct } from './float-rows.ts';
import { solveTridiagonal, timesTridiagonal, tridiagonal, turned, type Tridiagonal } from './tridiagonal.ts';

/** Errors of predicted noise at noise ratio r = sigma / alpha: ||z - z'||^2 / D of each sample. */
export type ErrorsAt = (ratio: number) => Float64Array;

/** Samples that a score was not made of, and their noise. */
export interface NoisySamples {
  /** `[B, …]` */
  readonly x0: Tensor;
  /** Shaped like `x0`. */
  readonly z: Tensor;
}

/**
 * The errors of the linear score of a covariance C on noisy samples x_0 + r z. Its noise is z' = r (C + r^2)^-1 (x_0 + r z - mean), so that
 * z - z' = (C + r^2)^-1 (C z - r (x_0 - mean)), and on average over samples with this covariance the error is the Wiener filter's, the
 * mean of l / (l + r^2) over the eigenvalues l of C. No linear score has less.
 *
 * C is brought to three diagonals once; a level then costs O(D) for each sample.
 * @returns the errors of the covariance as it is, or shrunk by its `shrinkage`, whichever has the smaller mean at a level
 */
export function linearErrors({ mean, matrix, shrinkage }: Covariance, { x0, z }: NoisySamples): ErrorsAt {
  const d = mean.length;
  const form = tridiagonal({ shape: [d, d], data: matrix });
  const level = form.diagonal.reduce((sum, value) => sum + value / d, 0);
  const u = turned(form, centered(x0, mean).data);
  const p = turned(form, z.data.slice());
  const errors = (r: number, rho: number): Float64Array => {
    const own = shrunk(form, rho, level);
    const right = timesTridiagonal(own, p).map((value, at) => value - r * u[at]!);
    const solved = { shape: [batchOf(x0), d], data: solveTridiagonal(own, r * r, right) };
    return dotPerSample(solved, solved).map((square) => square / d);
  };
  return (r) => better(errors(r, 0), errors(r, shrinkage));
}

/**
 * The same for samples of more numbers than a covariance can have: of m of them, shrunk by `shrinkageOf`, by their products with each other.
 * With X the centered samples over sqrt(m), C = a X^T X + b and c = b + r^2,
 * (C + r^2)^-1 w = (w - X^T (X X^T + c / a)^-1 X w) / c for w = x_0 - mean + r z.
 * @param points - `[m, D]`
 */
export async function linearErrorsOfFew(
  points: FloatRows,
  { x0, z, product = plainProduct }: NoisySamples & { readonly product?: MatrixProduct },
): Promise<ErrorsAt> {
  const { count: m, size: d } = points;
  const mean = meanOf(points);
  const root = Math.sqrt(m);
  const rows = points.data.map((value, at) => (value - mean[at % d]!) / root);
  const gram = await product(rows, transposed(rows, [m, d]), { rows: m, inner: d, columns: m });
  const form = tridiagonal({ shape: [m, m], data: Float64Array.from(gram) });
  const squares = Array.from({ length: m }, (_, k) => gram[k * m + k]!);
  const trace = squares.reduce((sum, value) => sum + value, 0);
  const norm = gram.reduce((sum, value) => sum + value * value, 0);
  const fourth = squares.reduce((sum, value) => sum + (m * value) ** 2, 0);
  // Covariances of few samples have no inverse, which shrinking gives them.
  const rho = Math.min(1 - 1e-6, Math.max(1e-6, shrinkageOf({ norm, trace, fourth, count: m, d })));
  const [a, b] = [1 - rho, (rho * trace) / d];

  const own = centered(x0, mean);
  const batch = batchOf(x0);
  const [xu, xz] = await Promise.all(
    [own, z].map(async ({ data }) => {
      const dots = await product(Float32Array.from(data), transposed(rows, [m, d]), {
        ...{ rows: batch, inner: d, columns: m },
      });
      return { shape: [batch, m], data: turned(form, Float64Array.from(dots)) };
    }),
  );
  const dots = { zz: dotPerSample(z, z), uz: dotPerSample(own, z), uu: dotPerSample(own, own) };
  return (r) => {
    const c = b + r * r;
    const q = combine([1, xu!], [r, xz!]);
    const y = { shape: q.shape, data: solveTridiagonal(form, c / a, q.data) };
    const [zy, qy] = [dotPerSample(xz!, y), dotPerSample(q, y)];
    const yty = dotPerSample(y, { shape: y.shape, data: timesTridiagonal(form, y.data) });
    return Float64Array.from({ length: batch }, (_, i) => {
      const [zz, uz, uu] = [dots.zz[i]!, dots.uz[i]!, dots.uu[i]!];
      const ww = uu + 2 * r * uz + r * r * zz;
      const zw = uz + r * zz;
      return (zz - 2 * (r / c) * (zw - zy[i]!) + (r / c) ** 2 * (ww - 2 * qy[i]! + yty[i]!)) / d;
    });
  };
}

function centered({ shape, data }: Tensor, mean: Float64Array): Tensor {
  return { shape, data: data.map((value, at) => value - mean[at % mean.length]!) };
}

/** The one with the smaller sum. */
function better(a: Float64Array, b: Float64Array): Float64Array {
  const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
  return sum(a) <= sum(b) ? a : b;
}

/** (1 - rho) T + rho level I. */
function shrunk({ diagonal, beside, reflections }: Tridiagonal, rho: number, level: number): Tridiagonal {
  return {
    diagonal: diagonal.map((value) => (1 - rho) * value + rho * level),
    beside: beside.map((value) => (1 - rho) * value),
    reflections,
  };
}

function transposed(rows: Float32Array, [m, d]: readonly [number, number]): Float32Array {
  const out = new Float32Array(rows.length);
  for (let k = 0; k < m; k++) for (let j = 0; j < d; j++) out[j * m + k] = rows[k * d + j]!;
  return out;
}
