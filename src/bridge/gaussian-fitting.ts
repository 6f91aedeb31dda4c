/** @file What the two iterations toward a Schroedinger bridge do to Gaussians of one dimension, exactly. */
import { checkOptions, positive } from '../base/check.ts';

/** Variances of the two ends in one dimension, of mean 0, and the noise between them. */
export interface Ends {
  /** Variance at t = 0. */
  readonly v0: number;
  /** Variance at t = 1. */
  readonly v1: number;
  /** Variance that the reference gains from t = 0 to t = 1. */
  readonly epsilon: number;
}

/** A half-step of proportional fitting: the end that it leaves free, and the joint law. */
export interface Fitted {
  /** Variance of the end that is not the data's. */
  readonly free: number;
  /** Cov(x_0, x_1). */
  readonly covariance: number;
}

/**
 * Iterative proportional fitting from the reference: half-steps that give one end its law and keep the law of the other end given it,
 * backward first, which fixes t = 1.
 * @param count - half-steps, at least 1
 * @throws ConfigError unless the variances and epsilon are above 0.
 * @see De Bortoli et al. 2021, "Diffusion Schroedinger bridge with applications to score-based generative modeling", section 3.1
 */
export function fittingSequence({ v0, v1, epsilon }: Ends, count: number): readonly Fitted[] {
  checkOptions(positive('v0', v0), positive('v1', v1), positive('epsilon', epsilon));
  const out: Fitted[] = [];
  // Variances of the ends before a half-step, the one that it fixes first.
  let [fixed, other, covariance] = [v0 + epsilon, v0, v0];
  for (let k = 0; k < count; k++) {
    const target = k % 2 === 0 ? v1 : v0;
    const slope = covariance / fixed;
    const free = other - slope * covariance + slope ** 2 * target;
    covariance = slope * target;
    out.push({ free, covariance });
    [fixed, other] = [free, target];
  }
  return out;
}

/**
 * Cov(x_0, x_1) after each Markov projection of iterative Markovian fitting, which keeps both ends. The diffusion whose drift is the mean of the
 * bridges of a coupling with covariance c has, for V the variance of x_t, the covariance
 * sqrt(v0 v1) exp(-(epsilon / 2) int dt / V) = sqrt(v0 v1) exp(-(epsilon / q) artanh(q / p)), p = 2 c + epsilon, q^2 = p^2 - 4 v0 v1.
 * @param start - covariance of the first pairs; 0 of independent ones
 * @param count - projections, at least 1
 * @throws ConfigError unless the variances and epsilon are above 0.
 * @see Shi et al. 2023, "Diffusion Schroedinger bridge matching", section 3
 */
export function matchingSequence({ v0, v1, epsilon }: Ends, count: number, start = 0): readonly number[] {
  checkOptions(positive('v0', v0), positive('v1', v1), positive('epsilon', epsilon));
  const out: number[] = [];
  let c = start;
  for (let k = 0; k < count; k++) {
    const p = 2 * c + epsilon;
    const square = p ** 2 - 4 * v0 * v1;
    const q = Math.sqrt(Math.abs(square));
    const part = q < 1e-7 * p ? 1 / p : (square > 0 ? Math.atanh(q / p) : Math.atan2(q, p)) / q;
    c = Math.sqrt(v0 * v1) * Math.exp(-epsilon * part);
    out.push(c);
  }
  return out;
}
