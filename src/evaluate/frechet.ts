/** @file The Fréchet distance between Gaussians fitted to features. */
import { allFinite } from '../base/arith.ts';
import { NumericalError, ShapeError } from '../base/errors.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

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
  return momentsOf(features).whole;
}

/** Moments of features, and of those that are left without a part of them. */
export interface MomentsOf {
  readonly whole: Moments;
  /** The moments without the rows i of which i mod `groups` is `group`; costs as much as the moments of these rows. */
  readonly without: (group: number, groups: number) => Moments;
}

/**
 * Moments that leave out parts of features in turn, as the jackknife does.
 * @param features - `[N, D]`
 * @throws ShapeError unless features are a matrix of two rows or more.
 */
export function momentsOf(features: Tensor): MomentsOf {
  const [n = 0, d = 0] = features.shape;
  if (features.shape.length !== 2 || n < 2)
    throw new ShapeError(`moments: expected features [N, D] of two rows or more, got [${features.shape}]`);
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += features.data[i * d + j]! / n;
  // Products of what is left lose no digits to the mean.
  const centered = features.data.map((value, at) => value - mean[at % d]!);
  const all = sumsOf(centered, d, { first: 0, every: 1 });
  const of = ({ count, sum, products }: Sums): Moments => ({
    mean: tensor(
      mean.map((value, j) => value + sum[j]! / count),
      [d],
    ),
    covariance: tensor(
      products.map((_, at) => {
        const [j, k] = [Math.floor(at / d), at % d];
        return (products[Math.min(j, k) * d + Math.max(j, k)]! - (sum[j]! * sum[k]!) / count) / (count - 1);
      }),
      [d, d],
    ),
  });
  return {
    whole: of(all),
    without: (group, groups) => of(subtracted(all, sumsOf(centered, d, { first: group, every: groups }))),
  };
}

/** Sums over rows: of centered features, and of their products `[D, D]`, of which the upper triangle is filled. */
interface Sums {
  readonly count: number;
  readonly sum: Float64Array;
  readonly products: Float64Array;
}

function sumsOf(
  centered: Float64Array,
  d: number,
  { first, every }: { readonly first: number; readonly every: number },
): Sums {
  const sum = new Float64Array(d);
  const products = new Float64Array(d * d);
  let count = 0;
  for (let at = first * d; at < centered.length; at += every * d, count++) {
    const row = centered.subarray(at, at + d);
    for (let j = 0; j < d; j++) {
      const own = row[j]!;
      sum[j]! += own;
      for (let k = j, to = j * d + j; k < d; k++, to++) products[to]! += own * row[k]!;
    }
  }
  return { count, sum, products };
}

function subtracted(a: Sums, b: Sums): Sums {
  const minus = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value - y[i]!);
  return { count: a.count - b.count, sum: minus(a.sum, b.sum), products: minus(a.products, b.products) };
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
 * @example
 * ```ts
 * import { key, normalBatch, split } from 'scorefield';
 * import { frechetDistance, moments } from 'scorefield/evaluate';
 *
 * const [a, b] = [0, 1].map((seed) => normalBatch(split(key(seed), 500), [8])); // features of two sets
 * if (a && b) console.log(frechetDistance(moments(a), moments(b)));
 * ```
 */
export function frechetDistance(a: Moments, b: Moments): number {
  return frechetTo(b)(a);
}

/**
 * The Fréchet distance of other moments from some, whose covariance is factored once. Rounding leaves an error of about 1e-8 of the
 * traces: for C_2 = F F^T the cross term is the sum of the roots of the eigenvalues of F^T C_1 F.
 * @returns what throws as `frechetDistance`
 */
export function frechetTo(b: Moments): (a: Moments) => number {
  const [d = 0] = b.mean.shape;
  requireFinite(b);
  const factor = factored(b.covariance.data, d);
  return (a) => {
    if (a.mean.shape[0] !== d || [a, b].some(({ covariance }) => covariance.data.length !== d * d))
      throw new ShapeError(`frechetDistance: expected equal dimensions, got [${a.mean.shape}] and [${b.mean.shape}]`);
    requireFinite(a);
    const inner = symmetricEigenvalues(between(factor, a.covariance.data));
    // Rounding makes zero eigenvalues slightly negative.
    const cross = inner.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
    const apart = a.mean.data.reduce((sum, value, j) => sum + (value - b.mean.data[j]!) ** 2, 0);
    // The difference of equal traces may be a rounding error below zero.
    return Math.max(0, apart + trace(a.covariance, d) + trace(b.covariance, d) - 2 * cross);
  };
}

/** F^T of C = F F^T, `[rank, D]`, by Cholesky's method with the largest pivot first, which ends where C is used up. */
function factored(c: Float64Array, d: number): readonly Float64Array[] {
  const left = Float64Array.from({ length: d }, (_, i) => c[i * d + i]!);
  const least = Number.EPSILON * left.reduce((most, value) => Math.max(most, value), 0);
  const rows: Float64Array[] = [];
  while (rows.length < d) {
    const pivot = left.reduce((best, value, i) => (value > left[best]! ? i : best), 0);
    if (!(left[pivot]! > least)) break;
    const root = Math.sqrt(left[pivot]!);
    const row = c.slice(pivot * d, (pivot + 1) * d);
    for (const other of rows) {
      const factor = other[pivot]!;
      for (let j = 0; j < d; j++) row[j]! -= factor * other[j]!;
    }
    for (let j = 0; j < d; j++) {
      row[j] = left[j] === -Infinity ? 0 : row[j]! / root;
      left[j]! -= row[j]! ** 2;
    }
    left[pivot] = -Infinity;
    rows.push(row);
  }
  return rows;
}

/** F^T C F. */
function between(factor: readonly Float64Array[], c: Float64Array): Tensor {
  const rank = factor.length;
  const out = new Float64Array(rank * rank);
  factor.forEach((row, k) => {
    const d = row.length;
    const product = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      const own = row[i]!;
      for (let j = 0, at = i * d; j < d; j++, at++) product[j]! += own * c[at]!;
    }
    for (let l = 0; l <= k; l++) {
      const other = factor[l]!;
      let sum = 0;
      for (let j = 0; j < d; j++) sum += product[j]! * other[j]!;
      out[k * rank + l] = out[l * rank + k] = sum;
    }
  });
  return tensor(out, [rank, rank]);
}

function requireFinite({ mean, covariance }: Moments): void {
  if (!allFinite(mean.data) || !allFinite(covariance.data))
    throw new NumericalError(
      'frechetDistance: expected finite moments, found others; features are too large to be squared',
    );
}

function trace({ data }: Tensor, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += data[i * d + i]!;
  return sum;
}
