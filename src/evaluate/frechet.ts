/** @file The Fréchet distance between Gaussians fitted to features. */
import { ShapeError } from '../base/errors.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Mean and covariance of features. */
export interface Moments {
  /** `[D]` */
  readonly mean: Tensor;
  /** `[D, D]`, symmetric. */
  readonly covariance: Tensor;
}

/**
 * Mean and unbiased covariance (divided by N - 1) of features.
 * @param features - `[N, D]`
 * @throws ShapeError unless features are a matrix of two rows or more.
 */
export function moments(features: Tensor): Moments {
  const [n = 0, d = 0] = features.shape;
  if (features.shape.length !== 2 || n < 2)
    throw new ShapeError(`moments: expected features [N, D] of two rows or more, got [${features.shape}]`);
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += features.data[i * d + j]! / n;
  const centred = features.data.map((value, at) => value - mean[at % d]!);
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    const row = centred.subarray(i * d, (i + 1) * d);
    for (let j = 0; j < d; j++) for (let k = j; k < d; k++) covariance[j * d + k]! += (row[j]! * row[k]!) / (n - 1);
  }
  for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) covariance[j * d + k] = covariance[k * d + j]!;
  return { mean: tensor(mean, [d]), covariance: tensor(covariance, [d, d]) };
}

/**
 * Fréchet distance FD = ||m_1 - m_2||^2 + tr(C_1 + C_2 - 2 (C_1^(1/2) C_2 C_1^(1/2))^(1/2)) of two Gaussians: the square
 * of their 2-Wasserstein distance. Of moments fitted to N features it is too large by about a constant over N, and
 * covariances of fewer than D + 1 features are singular: compare only distances of equal N, well above D.
 *
 * It is called FID for the features of the published Inception network alone.
 * @throws ShapeError if the dimensions differ.
 * @throws NumericalError if an entry is not finite.
 * @see Dowson and Landau 1982, "The Fréchet distance between multivariate normal distributions"; Heusel et al. 2017, eq. 6
 */
export function frechetDistance(a: Moments, b: Moments): number {
  const [d = 0] = a.mean.shape;
  if (b.mean.shape[0] !== d || [a, b].some(({ covariance }) => covariance.data.length !== d * d))
    throw new ShapeError(`frechetDistance: expected equal dimensions, got [${a.mean.shape}] and [${b.mean.shape}]`);
  const root = squareRoot(a.covariance, d);
  const inner = product(product(root, b.covariance.data, d), root, d);
  const cross = symmetricEigen(tensor(inner, [d, d])).values.reduce((sum, value) => sum + clippedRoot(value), 0);
  const apart = a.mean.data.reduce((sum, value, j) => sum + (value - b.mean.data[j]!) ** 2, 0);
  // The difference of equal traces may be a rounding error below zero.
  return Math.max(0, apart + trace(a.covariance, d) + trace(b.covariance, d) - 2 * cross);
}

/** Rounding makes zero eigenvalues of covariances slightly negative. */
function clippedRoot(value: number): number {
  return Math.sqrt(Math.max(0, value));
}

/** The symmetric root V diag(sqrt(values)) V^T. */
function squareRoot(covariance: Tensor, d: number): Float64Array {
  const { values, vectors } = symmetricEigen(covariance);
  const scaled = vectors.map((v, at) => v * Math.sqrt(clippedRoot(values[Math.floor(at / d)]!)));
  const out = new Float64Array(d * d);
  for (let k = 0; k < d; k++)
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * d + j]! += scaled[k * d + i]! * scaled[k * d + j]!;
  return out;
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) {
      const factor = a[i * d + k]!;
      for (let j = 0; j < d; j++) out[i * d + j]! += factor * b[k * d + j]!;
    }
  return out;
}

function trace({ data }: Tensor, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += data[i * d + i]!;
  return sum;
}
