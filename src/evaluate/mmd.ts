/** @file Distances between samples that are means of a kernel: maximum mean discrepancy and energy distance. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import { jackknifeError, type Estimate } from './estimate.ts';
import { plainProduct, transposedRows, type MatrixProduct } from './float-rows.ts';

/** Likeness of two samples, given by their values; symmetric. */
export type Kernel = (x: Float64Array, y: Float64Array) => number;

/**
 * Mean of Gaussians of several widths: k(x, y) = mean_h exp(-||x - y||^2 / (2 h^2)).
 * @param bandwidths - positive; `medianDistance` times 1/4, 1/2, 1, 2 and 4 suits most data
 * @throws ConfigError unless there are positive bandwidths.
 */
export function gaussianKernel(...bandwidths: readonly number[]): Kernel {
  const valid = bandwidths.length > 0 && bandwidths.every((h) => Number.isFinite(h) && h > 0);
  checkOptions([valid, 'bandwidths', `expected positive numbers, got [${bandwidths}]`]);
  return (x, y) => {
    const square = squaredDistance(x, y);
    return bandwidths.reduce((sum, h) => sum + Math.exp(-square / (2 * h * h)), 0) / bandwidths.length;
  };
}

/**
 * k(x, y) = (x . y / D + 1)^degree; with degree 3 on features, `mmdSquared` is the kernel distance of Bińkowski et al.
 * @throws ConfigError unless degree is a positive integer.
 * @see Bińkowski et al. 2018, "Demystifying MMD GANs", section 4
 */
export function polynomialKernel({ degree = 3 }: { readonly degree?: number } = {}): Kernel {
  checkOptions(positiveInteger('degree', degree));
  return (x, y) => (x.reduce((sum, v, j) => sum + v * y[j]!, 0) / x.length + 1) ** degree;
}

/**
 * Median of the distances between all pairs of a set.
 * @param x - `[N, …]`, N of 2 or more; the cost grows as N^2
 * @throws ShapeError if there are fewer than two samples.
 */
export function medianDistance(x: Tensor): number {
  const all = rows(x);
  if (all.length < 2) throw new ShapeError(`medianDistance: expected two samples or more, got [${x.shape}]`);
  const distances = all.flatMap((a, i) => all.slice(i + 1).map((b) => Math.sqrt(squaredDistance(a, b))));
  const sorted = Float64Array.from(distances).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Squared maximum mean discrepancy, E k(x, x') + E k(y, y') - 2 E k(x, y), without bias: pairs of a sample with itself
 * are left out, so that equal laws give zero on average and a negative value half of the time. The standard error is
 * the jackknife over single samples, which for equal laws is up to sqrt(2) too large.
 * @param x - `[M, …]`
 * @param y - `[N, …]`
 * @throws ShapeError if a set has fewer than three samples or their sizes differ.
 * @see Gretton et al. 2012, "A kernel two-sample test", eq. 3
 */
export function mmdSquared(x: Tensor, y: Tensor, kernel: Kernel): Estimate {
  requireSets(x, y);
  const [a, b] = [rows(x), rows(y)];
  const [m, n] = [a.length, b.length];
  const across = [new Float64Array(m), new Float64Array(n)] as const;
  a.forEach((u, i) => {
    b.forEach((v, j) => {
      const k = kernel(u, v);
      across[0][i]! += k;
      across[1][j]! += k;
    });
  });
  return ofSums({ inA: within(a, kernel), inB: within(b, kernel), acrossA: across[0], acrossB: across[1] });
}

/** Of each sample the sum of its kernels with all others of its set, and with all of the other set. */
interface KernelSums {
  readonly inA: Float64Array;
  readonly inB: Float64Array;
  readonly acrossA: Float64Array;
  readonly acrossB: Float64Array;
}

function ofSums({ inA, inB, acrossA, acrossB }: KernelSums): Estimate {
  const [m, n] = [inA.length, inB.length];
  const cross = total(acrossA);
  const [sumA, sumB] = [total(inA), total(inB)];
  const meanA = sumA / (m * (m - 1));
  const meanB = sumB / (n * (n - 1));
  // The estimate without sample i of one set: its row leaves both sums.
  const leftA = inA.map(
    (own, i) => (sumA - 2 * own) / ((m - 1) * (m - 2)) + meanB - (2 * (cross - acrossA[i]!)) / ((m - 1) * n),
  );
  const leftB = inB.map(
    (own, j) => meanA + (sumB - 2 * own) / ((n - 1) * (n - 2)) - (2 * (cross - acrossB[j]!)) / (m * (n - 1)),
  );
  return {
    value: meanA + meanB - (2 * cross) / (m * n),
    standardError: Math.hypot(jackknifeError(leftA), jackknifeError(leftB)),
  };
}

/**
 * The kernel distance of features: `mmdSquared` with `polynomialKernel` of degree 3, by products of matrices. Without bias, so that sets of any size can be
 * compared; known as KID where the features are those of the published Inception network.
 * @param x - `[M, D]`
 * @param y - `[N, D]`
 * @param product - of matrices; in float32 by an engine
 * @throws ShapeError as `mmdSquared`
 * @see Bińkowski et al. 2018, "Demystifying MMD GANs", section 4
 */
export async function kernelDistance(x: Tensor, y: Tensor, product: MatrixProduct = plainProduct): Promise<Estimate> {
  const d = sampleSize(x);
  requireSets(x, y);
  const [a, b] = [Float32Array.from(x.data), Float32Array.from(y.data)];
  const [columnsA, columnsB] = [transposedRows(a, d), transposedRows(b, d)];
  const sums = async (
    left: Float32Array,
    right: Float32Array,
    same: boolean,
  ): Promise<[Float64Array, Float64Array]> => {
    const [rows, columns] = [left.length / d, right.length / d];
    const dots = await product(left, right, { rows, inner: d, columns });
    const found: [Float64Array, Float64Array] = [new Float64Array(rows), new Float64Array(columns)];
    for (let i = 0; i < rows; i++)
      for (let j = 0, at = i * columns; j < columns; j++, at++) {
        if (same && i === j) continue;
        const base = dots[at]! / d + 1;
        const k = base * base * base;
        found[0][i]! += k;
        found[1][j]! += k;
      }
    return found;
  };
  const [acrossA, acrossB] = await sums(a, columnsB, false);
  const [inA] = await sums(a, columnsA, true);
  const [inB] = await sums(b, columnsB, true);
  return ofSums({ inA, inB, acrossA, acrossB });
}

/**
 * Energy distance 2 E||x - y|| - E||x - x'|| - E||y - y'|| without bias: the squared maximum mean discrepancy of the
 * kernel -||x - y||. It has no parameter and is zero only for equal laws.
 * @param x - `[M, …]`
 * @param y - `[N, …]`
 * @throws ShapeError if a set has fewer than three samples or their sizes differ.
 * @see Székely and Rizzo 2013, "Energy statistics", eq. 5; Sejdinovic et al. 2013, theorem 22
 * @example
 * ```ts
 * import { key, normalBatch, split } from 'scorefield';
 * import { energyDistance } from 'scorefield/evaluate';
 *
 * const [a, b] = [0, 1].map((seed) => normalBatch(split(key(seed), 200), [2]));
 * if (a && b) console.log(energyDistance(a, b)); // zero within a few standard errors
 * ```
 */
export function energyDistance(x: Tensor, y: Tensor): Estimate {
  return mmdSquared(x, y, (a, b) => -Math.sqrt(squaredDistance(a, b)));
}

function requireSets(x: Tensor, y: Tensor): void {
  if (sampleSize(x) !== sampleSize(y) || Math.min(batchOf(x), batchOf(y)) < 3)
    throw new ShapeError(
      `mmdSquared: expected two sets of three samples or more of one size, got [${x.shape}] and [${y.shape}]`,
    );
}

/** For each sample the sum of its kernels with all others. */
function within(set: readonly Float64Array[], kernel: Kernel): Float64Array {
  const sums = new Float64Array(set.length);
  set.forEach((u, i) => {
    for (let j = 0; j < i; j++) {
      const k = kernel(u, set[j]!);
      sums[i]! += k;
      sums[j]! += k;
    }
  });
  return sums;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function squaredDistance(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += (x[j]! - y[j]!) ** 2;
  return sum;
}

function rows(x: Tensor): readonly Float64Array[] {
  const size = sampleSize(x);
  return Array.from({ length: batchOf(x) }, (_, i) => x.data.subarray(i * size, (i + 1) * size));
}
