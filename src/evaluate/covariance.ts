/** @file The covariance of many samples, by products of many at a time. */
import { checkOptions } from '../base/check.ts';
import { plainProduct, type FloatRows, type MatrixProduct } from './float-rows.ts';

/** What a linear score is made of. */
export interface Covariance {
  /** `[D]` */
  readonly mean: Float64Array;
  /** `[D, D]`, symmetric, divided by the number of samples. */
  readonly matrix: Float64Array;
  /**
   * rho of Ledoit and Wolf: (1 - rho) S + rho tr(S) / D I is the matrix of this form that is estimated to be nearest to the covariance of
   * the law that the samples are of.
   */
  readonly shrinkage: number;
}

/** Samples of one product. */
const chunk = 2048;

/**
 * Mean, covariance S and its shrinkage.
 * @param product - of matrices; in float32 it leaves errors of about 1e-7 of the largest variance in the smallest
 * @returns steps with the part that is done, 0 to 1
 * @throws ConfigError unless there are two samples or more.
 * @see Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices", section 3
 */
export async function* covarianceOf(
  { count, size: d, data }: FloatRows,
  product: MatrixProduct = plainProduct,
): AsyncGenerator<number, Covariance> {
  checkOptions([count >= 2, 'data', `expected at least 2 samples, got ${count}`]);
  const mean = meanOf({ count, size: d, data });
  const sums = new Float64Array(d * d);
  let fourth = 0;
  for (let begin = 0; begin < count; begin += chunk) {
    yield begin / count;
    const rows = Math.min(chunk, count - begin);
    const centered = new Float32Array(rows * d);
    const columns = new Float32Array(rows * d);
    for (let i = 0; i < rows; i++) {
      let square = 0;
      for (let j = 0; j < d; j++) {
        const value = data[(begin + i) * d + j]! - mean[j]!;
        centered[i * d + j] = columns[j * rows + i] = value;
        square += value * value;
      }
      fourth += square * square;
    }
    const part = await product(columns, centered, { rows: d, inner: rows, columns: d });
    for (let at = 0; at < sums.length; at++) sums[at]! += part[at]!;
  }
  const matrix = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) matrix[i * d + j] = matrix[j * d + i] = sums[i * d + j]! / count;
  const norm = matrix.reduce((sum, value) => sum + value * value, 0);
  return { mean, matrix, shrinkage: shrinkageOf({ norm, trace: traceOf(matrix, d), fourth, count, d }) };
}

/** The mean of rows, in float64. */
export function meanOf({ count, size, data }: FloatRows): Float64Array {
  const mean = new Float64Array(size);
  for (let at = 0; at < data.length; at += size) for (let j = 0; j < size; j++) mean[j]! += data[at + j]! / count;
  return mean;
}

/**
 * rho from the squared norm and the trace of a covariance, and the sum over samples of |x - mean|^4.
 * @see Ledoit and Wolf 2004, lemmas 3.2 to 3.4
 */
export function shrinkageOf({
  norm,
  trace,
  fourth,
  count,
  d,
}: Readonly<Record<'norm' | 'trace' | 'fourth' | 'count' | 'd', number>>): number {
  const apart = norm - trace ** 2 / d;
  const error = Math.max(0, fourth / count - norm) / count;
  return apart <= error ? 1 : error / apart;
}

function traceOf(matrix: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += matrix[i * d + i]!;
  return sum;
}
