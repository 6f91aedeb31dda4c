/** @file How well the exact memorizer of a data set, its empirical score, predicts the noise of samples. */
import { sampleSize, batchOf, type Tensor } from '../base/tensor.ts';
import { plainProduct, type FloatRows, type MatrixProduct } from './float-rows.ts';

/** Points of one product. */
const chunk = 4096;
/** Weights below this part of the largest change nothing in float32. */
const least = Math.log(1e-12);

/** Samples that are not among the points, or are and say which. */
export interface EmpiricalRequest {
  /** `[B, …]` clean samples. */
  readonly x0: Tensor;
  /** Their noise, shaped like `x0`. */
  readonly z: Tensor;
  /** The point that each sample is, which is then left out for it; undefined where samples are new. */
  readonly own?: readonly number[] | undefined;
  readonly product?: MatrixProduct | undefined;
}

/**
 * ||z - z'||^2 / D of each sample at noise ratio r, where z' = (x_0 + r z - m) / r is the noise that the empirical score of points y_k sees:
 * m is their mean with weights in proportion to exp(-||x_0 + r z - y_k||^2 / (2 r^2)). Products of samples and points are computed once.
 */
export async function empiricalErrors(
  points: FloatRows,
  { x0, z, own, product = plainProduct }: EmpiricalRequest,
): Promise<(ratio: number) => Promise<Float64Array>> {
  const [n, d] = [batchOf(x0), sampleSize(x0)];
  const { apart, along } = await distances(points, { x0, z }, product);
  /** log weight of point k for sample i. */
  const logWeight = (k: number, i: number, r: number): number =>
    own?.[i] === k ? -Infinity : -apart[k * n + i]! / (2 * r * r) - along[k * n + i]! / r;
  return async (r) => {
    const most = new Float64Array(n).fill(-Infinity);
    for (let k = 0; k < points.count; k++) for (let i = 0; i < n; i++) most[i] = Math.max(most[i]!, logWeight(k, i, r));
    const totals = new Float64Array(n);
    const means = new Float64Array(n * d);
    for (let begin = 0; begin < points.count; begin += chunk) {
      const rows = Math.min(chunk, points.count - begin);
      const weights = new Float32Array(n * rows);
      let some = 0;
      for (let k = 0; k < rows; k++)
        for (let i = 0; i < n; i++) {
          const log = logWeight(begin + k, i, r) - most[i]!;
          if (log < least) continue;
          const weight = Math.exp(log);
          weights[i * rows + k] = weight;
          totals[i]! += weight;
          some++;
        }
      if (some === 0) continue;
      const own = points.data.subarray(begin * d, (begin + rows) * d);
      // Few weights are cheaper one by one.
      const by = some < weights.length / 32 ? plainProduct : product;
      const part = await by(weights, own, { rows: n, inner: rows, columns: d });
      for (let j = 0; j < means.length; j++) means[j]! += part[j]!;
    }
    return Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let j = i * d; j < (i + 1) * d; j++) sum += (means[j]! / totals[i]! - x0.data[j]!) ** 2;
      return sum / (r * r * d);
    });
  };
}

/** Of each point k and sample i: ||x_0 - y||^2, and z . (x_0 - y); `[K, n]` each. */
async function distances(
  { count, size: d, data }: FloatRows,
  { x0, z }: Pick<EmpiricalRequest, 'x0' | 'z'>,
  product: MatrixProduct,
): Promise<{ readonly apart: Float32Array; readonly along: Float32Array }> {
  const n = batchOf(x0);
  // [d, 2 n]: the samples, then their noise.
  const columns = new Float32Array(d * 2 * n);
  const [squares, own] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) {
      const [x, noise] = [x0.data[i * d + j]!, z.data[i * d + j]!];
      columns[j * 2 * n + i] = x;
      columns[j * 2 * n + n + i] = noise;
      squares[i]! += x * x;
      own[i]! += x * noise;
    }
  const [apart, along] = [new Float32Array(count * n), new Float32Array(count * n)];
  for (let begin = 0; begin < count; begin += chunk) {
    const rows = Math.min(chunk, count - begin);
    const part = data.subarray(begin * d, (begin + rows) * d);
    const dots = await product(part, columns, { rows, inner: d, columns: 2 * n });
    for (let k = 0; k < rows; k++) {
      let square = 0;
      for (let j = k * d; j < (k + 1) * d; j++) square += part[j]! ** 2;
      for (let i = 0; i < n; i++) {
        apart[(begin + k) * n + i] = Math.max(0, squares[i]! - 2 * dots[k * 2 * n + i]! + square);
        along[(begin + k) * n + i] = own[i]! - dots[k * 2 * n + n + i]!;
      }
    }
  }
  return { apart, along };
}
