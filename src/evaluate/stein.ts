/** @file Whether samples follow the law of a score: the kernel Stein discrepancy, which needs no samples of that law. */
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { rademacher } from '../base/random.ts';
import { batchOf, sameShape, sampleSize, type Tensor } from '../base/tensor.ts';
import { jackknifeError, type Estimate } from './estimate.ts';
import { plainProduct, transposedRows, type MatrixProduct } from './float-rows.ts';

/** A kernel of the distance alone, k(x, y) = phi(||x - y||^2), as phi and its first two derivatives. */
export type RadialKernel = (square: number) => readonly [value: number, first: number, second: number];

/**
 * The inverse multiquadric (1 + r^2 / h^2)^(-1/2), whose discrepancy vanishes only where samples converge to the law.
 * @param bandwidth - h, such as the median distance of the samples
 * @throws ConfigError unless it is positive.
 * @see Gorham and Mackey 2017, "Measuring sample quality with kernels", theorem 8
 */
export function inverseMultiquadric(bandwidth: number): RadialKernel {
  checkOptions([bandwidth > 0, 'bandwidth', `expected a positive number, got ${bandwidth}`]);
  const h = bandwidth * bandwidth;
  return (square) => {
    const base = 1 / (1 + square / h);
    const value = Math.sqrt(base);
    return [value, (-0.5 / h) * value * base, (0.75 / (h * h)) * value * base * base];
  };
}

/**
 * The Gaussian exp(-r^2 / (2 h^2)), which loses its power as dimensions grow.
 * @param bandwidth - h
 * @throws ConfigError unless it is positive.
 */
export function radialGaussian(bandwidth: number): RadialKernel {
  checkOptions([bandwidth > 0, 'bandwidth', `expected a positive number, got ${bandwidth}`]);
  const h = bandwidth * bandwidth;
  return (square) => {
    const value = Math.exp(-square / (2 * h));
    return [value, -value / (2 * h), value / (4 * h * h)];
  };
}

/** Which samples are tested against which law. */
export interface SteinRequest {
  /** `[N, …]`, independent of each other. */
  readonly x: Tensor;
  /** The score of the law at each, shaped like `x`. */
  readonly scores: Tensor;
  readonly kernel: RadialKernel;
  /** Of matrices, in float32 by an engine. Default in float64. */
  readonly product?: MatrixProduct | undefined;
  /** Draws of the wild bootstrap. Default 500. */
  readonly draws?: number | undefined;
}

/** The discrepancy and the test that it is zero. */
export interface SteinTest {
  /** The squared discrepancy without bias, which may be below 0. */
  readonly squared: Estimate;
  /** N times the biased one, which is tested. */
  readonly statistic: number;
  /** The part of the draws of the wild bootstrap that are as large or larger. */
  readonly pValue: number;
}

/** Draws whose products are computed together. */
const together = 100;

/**
 * The squared kernel Stein discrepancy: the mean over pairs of
 * u(x, y) = s(x).s(y) k + s(x).grad_y k + s(y).grad_x k + tr grad_x grad_y k,
 * which is E (s_p - s_q)(x).(s_p - s_q)(x') k(x, x') for samples of q and the score of p. It sees what the score sees: not the weights of modes that lie
 * apart. The test draws signs w and compares N^-1 w^T H w with N^-1 sum H; its level is right for independent samples.
 * @throws ShapeError if scores are not shaped like samples, or there are fewer than three.
 * @see Liu, Lee and Jordan 2016, "A kernelized Stein discrepancy for goodness-of-fit tests", eq. 6; Chwialkowski, Strathmann and Gretton 2016, section 4
 */
export async function steinDiscrepancy(
  key: Key,
  { x, scores, kernel, product = plainProduct, draws = 500 }: SteinRequest,
): Promise<SteinTest> {
  const n = batchOf(x);
  if (!sameShape(x.shape, scores.shape) || n < 3)
    throw new ShapeError(
      `steinDiscrepancy: expected three samples or more and scores of the same shape, got [${x.shape}] and [${scores.shape}]`,
    );
  checkOptions([Number.isSafeInteger(draws) && draws >= 1, 'draws', `expected an integer of at least 1, got ${draws}`]);
  const h = await pairsOf({ x, scores, kernel, product });
  const sums = new Float64Array(n);
  let diagonal = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0, at = i * n; j < n; j++, at++) if (j !== i) sums[i]! += h[at]!;
    diagonal += h[i * n + i]!;
  }
  const all = sums.reduce((sum, value) => sum + value, 0);
  const left = sums.map((own) => (all - 2 * own) / ((n - 1) * (n - 2)));
  const statistic = (all + diagonal) / n;
  let larger = 0;
  for (let begin = 0; begin < draws; begin += together) {
    const rows = Math.min(together, draws - begin);
    const signs = new Float32Array(rows * n);
    for (let r = 0; r < rows; r++) signs.set(rademacher(foldIn(key, begin + r), n), r * n);
    const products = await product(signs, h, { rows, inner: n, columns: n });
    for (let r = 0; r < rows; r++) {
      let sum = 0;
      for (let at = r * n; at < (r + 1) * n; at++) sum += signs[at]! * products[at]!;
      if (sum / n >= statistic) larger++;
    }
  }
  return {
    squared: { value: all / (n * (n - 1)), standardError: jackknifeError(left) },
    statistic,
    // The statistic itself is one of the draws, so that the test is never too sure.
    pValue: (1 + larger) / (1 + draws),
  };
}

/** u of all pairs, `[N, N]`. */
async function pairsOf({
  x,
  scores,
  kernel,
  product,
}: Required<Pick<SteinRequest, 'x' | 'scores' | 'kernel'>> & {
  readonly product: MatrixProduct;
}): Promise<Float32Array> {
  const [n, d] = [batchOf(x), sampleSize(x)];
  // Differences are all that counts, and the mean would take digits from them.
  const mean = new Float64Array(d);
  x.data.forEach((value, at) => (mean[at % d]! += value / n));
  const points = Float32Array.from(x.data, (value, at) => value - mean[at % d]!);
  const own = Float32Array.from(scores.data);
  const columns = transposedRows(points, d);
  const sizes = { rows: n, inner: d, columns: n };
  const [xx, sx, ss] = [
    await product(points, columns, sizes),
    await product(own, columns, sizes),
    await product(own, transposedRows(own, d), sizes),
  ];
  const along = new Float64Array(n);
  const squares = new Float64Array(n);
  points.forEach((value, at) => {
    squares[Math.floor(at / d)]! += value * value;
    along[Math.floor(at / d)]! += value * own[at]!;
  });
  const out = new Float32Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const square = i === j ? 0 : Math.max(0, squares[i]! + squares[j]! - 2 * xx[i * n + j]!);
      const [value, first, second] = kernel(square);
      // (s(y) - s(x)).(x - y)
      const drift = sx[j * n + i]! - along[j]! - along[i]! + sx[i * n + j]!;
      out[i * n + j] = ss[i * n + j]! * value + 2 * first * drift - 2 * d * first - 4 * square * second;
    }
  return out;
}
