/** @file The Schroedinger bridge between two Gaussians, in closed form at every time. */
import { checkOptions, positive } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { applied, combined, functionOf, inverseOf, product, transposed, unitMatrix, type Matrix } from './dense.ts';

/** One end of a bridge: N(mean, covariance). */
export interface GaussianEnd {
  /** `[d]`. */
  readonly mean: readonly number[];
  /** Symmetric and positive, row-major `[d, d]`. */
  readonly covariance: Matrix;
}

/** Ends and the noise between them. */
export interface GaussianBridgeOptions {
  /** Law at t = 0. */
  readonly from: GaussianEnd;
  /** Law at t = 1. */
  readonly to: GaussianEnd;
  /** Variance that the reference, a Brownian motion, gains from t = 0 to t = 1; above 0. */
  readonly epsilon: number;
}

/** A bridge between Gaussians: a Gaussian process with linear drifts. */
export interface GaussianBridge {
  /** C = Cov(x_0, x_1), row-major `[d, d]`. */
  readonly coupling: Matrix;
  /** Mean and covariance of x_t. */
  at(t: number): GaussianEnd;
  /** Matrix of the drift of dx = b dt + sqrt(epsilon) dW: b = mean' + K (x - mean). */
  forwardSlope(t: number): Matrix;
  /** The same of the process that runs from t = 1 to t = 0, for steps of positive length. */
  backwardSlope(t: number): Matrix;
  /** b(x, t) toward t = 1. */
  forward(x: ArrayLike<number>, t: number): Float64Array;
  /** b(x, t) toward t = 0. */
  backward(x: ArrayLike<number>, t: number): Float64Array;
}

/**
 * Cov(x_0, x_1) of the entropic plan between Gaussians, whose joint precision has -I / epsilon off its diagonal:
 * C = (S0^{1/2} (4 S0^{1/2} S1 S0^{1/2} + epsilon^2 I)^{1/2} S0^{-1/2} - epsilon I) / 2.
 * @param a - S0, `[n, n]`
 * @param b - S1, `[n, n]`
 * @throws ConfigError unless epsilon > 0.
 * @see Janati et al. 2020, "Entropic optimal transport between unbalanced Gaussian measures has a closed form", theorem 1
 */
export function entropicCoupling(a: Matrix, b: Matrix, { n, epsilon }: { n: number; epsilon: number }): Matrix {
  checkOptions(positive('epsilon', epsilon));
  const root = functionOf(a, n, Math.sqrt);
  const inner = combined([4, product(product(root, b, n), root, n)], [epsilon ** 2, unitMatrix(n)]);
  const inverseRoot = functionOf(a, n, (value) => 1 / Math.sqrt(value));
  const whole = product(product(root, functionOf(inner, n, Math.sqrt), n), inverseRoot, n);
  return combined([0.5, whole], [-0.5 * epsilon, unitMatrix(n)]);
}

/**
 * The Schroedinger bridge between two Gaussians. With C of `entropicCoupling`, x_t has the mean (1 - t) m0 + t m1 and the covariance
 * V = (1 - t)^2 S0 + t^2 S1 + t (1 - t) (C + C^T + epsilon I), and the drifts of its two directions add up to epsilon times the score of x_t.
 * @throws ConfigError unless epsilon > 0.
 * @throws ShapeError unless both ends have one dimension.
 * @see Bunne et al. 2023, "The Schroedinger bridge between Gaussian measures has a closed form", theorem 3
 */
export function gaussianBridge({ from, to, epsilon }: GaussianBridgeOptions): GaussianBridge {
  const n = from.mean.length;
  const sizes = [to.mean.length, Math.sqrt(from.covariance.length), Math.sqrt(to.covariance.length)];
  if (sizes.some((size) => size !== n))
    throw new ShapeError(`gaussianBridge: expected ends of ${n} dimensions, got ${sizes.join(', ')}`);
  const [s0, s1] = [from.covariance, to.covariance];
  const coupling = entropicCoupling(s0, s1, { n, epsilon });
  const turned = transposed(coupling, n);
  const one = unitMatrix(n);
  const covarianceAt = (t: number): Matrix => {
    const between = t * (1 - t);
    return combined([(1 - t) ** 2, s0], [t ** 2, s1], [between, coupling], [between, turned], [between * epsilon, one]);
  };
  const meanAt = (t: number): number[] => from.mean.map((value, i) => (1 - t) * value + t * to.mean[i]!);
  // (Cov(x_1, x_t) - V) / (1 - t) without the division, which fails at the end; backward the same with the ends exchanged.
  const forwardSlope = (t: number): Matrix => {
    const own = combined([t, s1], [1 - t, turned], [t - 1, s0], [-t, coupling], [-epsilon * t, one]);
    return product(own, inverseOf(covarianceAt(t), n), n);
  };
  const backwardSlope = (t: number): Matrix => {
    const own = combined([1 - t, s0], [t, coupling], [-t, s1], [t - 1, turned], [epsilon * (t - 1), one]);
    return product(own, inverseOf(covarianceAt(t), n), n);
  };
  const drift = (slope: Matrix, sign: number, x: ArrayLike<number>, t: number): Float64Array => {
    const mean = meanAt(t);
    const off = Float64Array.from(mean, (value, i) => x[i]! - value);
    return applied(slope, off).map((value, i) => value + sign * (to.mean[i]! - from.mean[i]!));
  };
  return {
    coupling,
    at: (t) => ({ mean: meanAt(t), covariance: covarianceAt(t) }),
    forwardSlope,
    backwardSlope,
    forward: (x, t) => drift(forwardSlope(t), 1, x, t),
    backward: (x, t) => drift(backwardSlope(t), -1, x, t),
  };
}
