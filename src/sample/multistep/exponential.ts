/** @file Exponential integration in the log-SNR: what the fast solvers of the diffusion equations share. */
import { combine } from '../../base/arith.ts';
import type { Tensor } from '../../base/tensor.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import type { Sde } from '../../sde/sde.ts';

/**
 * log(alpha / sigma), half the log-SNR: lambda in the literature. It falls with time, and is infinite without noise.
 */
export function halfLogSnr(sde: Sde, t: number): number {
  return -Math.log(noiseRatio(sde, t));
}

/** x_to = factor x_from + share D + noise z, for a denoised estimate D that stays the same during the step. */
export interface ExponentialStep {
  readonly factor: number;
  readonly share: number;
  readonly noise: number;
  /** (1 + eta) h, with h the growth of lambda = log(alpha / sigma). */
  readonly k: number;
}

/**
 * The exact solution, over one step, of the reverse SDE with eta times its noise (in variance) and of the probability
 * flow with eta = 0, both of which are linear for a constant D: factor = sigma(to) / sigma(from) e^(-eta h),
 * share = alpha(to) (1 - e^(-k)) and noise = sigma(to) sqrt(1 - e^(-2 eta h)), with h and k as in `ExponentialStep`.
 * A step to zero noise gives D.
 * @see Lu et al. 2022, "DPM-Solver++", sections 4.1 and 5
 */
export function exponentialStep(
  sde: Sde,
  { from, to, eta = 0 }: { readonly from: number; readonly to: number; readonly eta?: number },
): ExponentialStep {
  const h = halfLogSnr(sde, to) - halfLogSnr(sde, from);
  if (h === Infinity) return { factor: 0, share: sde.alpha(to), noise: 0, k: h };
  const k = (1 + eta) * h;
  return {
    factor: (sde.sigma(to) / sde.sigma(from)) * Math.exp(-eta * h),
    share: -sde.alpha(to) * Math.expm1(-k),
    noise: sde.sigma(to) * Math.sqrt(-Math.expm1(-2 * eta * h)),
    k,
  };
}

/** The estimate of a multistep method at u, in units of the step and relative to where the step begins. */
export interface EstimateNode {
  readonly u: number;
  readonly value: Tensor;
}

/**
 * The mean of an estimate over a step, with weight e^(-(1-u) k): that of the polynomial through its values at the
 * nodes. It replaces the constant D of an `ExponentialStep`; with k = 0 it is the plain mean of an Adams method. A step
 * of infinite k has only the first node.
 */
export function polynomialMean(nodes: readonly EstimateNode[], k: number): Tensor {
  const [first] = nodes;
  if (first !== undefined && k === Infinity) return first.value;
  const weights = polynomialWeights(
    nodes.map(({ u }) => u),
    k,
  );
  return combine(...nodes.map(({ value }, i) => [weights[i] ?? 0, value] as const));
}

/**
 * The weights of `polynomialMean`: w with sum_i w_i p(u_i) = (integral over [0, 1] of e^(-(1-u) k) p(u) du) /
 * (integral of e^(-(1-u) k) du) for every polynomial p of a degree below the number of nodes.
 */
export function polynomialWeights(nodes: readonly number[], k: number): readonly number[] {
  const moments = nodes.map((_, j) => factorial(j) * phi(j + 1, -k));
  const [total = 1] = moments;
  return nodes.map((u, i) => {
    // Coefficients of Lagrange's polynomial of this node, constant first.
    const basis = nodes.reduce<readonly number[]>(
      (p, v, m) => (m === i ? p : [...p, 0].map((c, j) => ((p[j - 1] ?? 0) - v * c) / (u - v))),
      [1],
    );
    return basis.reduce((sum, c, j) => sum + (c * (moments[j] ?? 0)) / total, 0);
  });
}

/**
 * phi_j(z) = integral over [0, 1] of e^((1-u) z) u^(j-1) / (j-1)! du, for z of at most 0.
 * @see Hochbruck and Ostermann 2010, "Exponential integrators", eq. 2.10 and 2.11
 */
export function phi(j: number, z: number): number {
  if (j === 0) return Math.exp(z);
  // The recursion cancels for small z, where the series is short.
  if (Math.abs(z) > 1) return (phi(j - 1, z) - 1 / factorial(j - 1)) / z;
  let term = 1 / factorial(j);
  let sum = term;
  for (let n = 1; n < 20; n++) {
    term *= z / (n + j);
    sum += term;
  }
  return sum;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
