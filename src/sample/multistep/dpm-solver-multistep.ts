/** @file The multistep DPM-Solver++ of second and third order, for the probability flow and the reverse SDE. */
import { combine } from '../../base/arith.ts';
import { atLeast, checkOptions } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Sde } from '../../sde/sde.ts';
import { exponentialStep, halfLogSnr, polynomialMean, type EstimateNode } from './exponential.ts';
import type { MultistepOf, Past } from './multistep.ts';
import { addNoise } from '../noise.ts';

/** Options of `dpmSolver2M` and `dpmSolver3M`. */
export interface DpmSolverOptions {
  /**
   * Noise relative to that of the reverse SDE, in variance: 0 is the probability flow, 1 the reverse SDE. Default 0.
   */
  readonly eta?: number;
}

/**
 * DPM-Solver++(2M), and with eta = 1 SDE-DPM-Solver++(2M): an exponential step with the estimate
 * D_0 + (D_0 - D_1) / (2 r), where r is the length of the last step relative to this one.
 * Exact in one step for data at one point.
 * @throws ConfigError unless eta is at least 0.
 * @see Lu et al. 2022, "DPM-Solver++", algorithm 2 and section 5
 */
export function dpmSolver2M(options: DpmSolverOptions = {}): MultistepOf {
  return dpmSolver(2, options, (nodes) => {
    const [now, before] = nodes;
    if (before === undefined) return now.value;
    const half = 0.5 / -before.u;
    return combine([1 + half, now.value], [-half, before.value]);
  });
}

/**
 * DPM-Solver++(3M), and with eta = 1 its form for the reverse SDE: an exponential step in which the estimate follows
 * the parabola through the last three.
 *
 * The published code gives the second difference half the weight that the parabola asks for, which leaves a method of
 * second order; this one is of third order. With noise, the estimates of the past are noisy too, and the weak order is
 * 2, with a smaller error than that of 2M.
 * @throws ConfigError unless eta is at least 0.
 * @see Lu et al. 2022, "DPM-Solver++", section 4, whose expansion this is, and its published code
 */
export function dpmSolver3M(options: DpmSolverOptions = {}): MultistepOf {
  return dpmSolver(3, options, polynomialMean);
}

function dpmSolver(
  memory: number,
  { eta = 0 }: DpmSolverOptions,
  estimate: (nodes: readonly [EstimateNode, ...(readonly EstimateNode[])], k: number) => Tensor,
): MultistepOf {
  checkOptions(atLeast('eta', eta, ['the constant', 0]));
  return (sde) => ({
    memory,
    predict(keys, past, to) {
      const [{ t: from, x, denoised }] = past;
      const { factor, share, noise, k } = exponentialStep(sde, { from, to, eta });
      const nodes = estimatesOf(sde, past, to);
      const mean = combine([factor, x], [share, k === Infinity ? denoised : estimate(nodes, k)]);
      return noise === 0 ? { x: mean, mean } : addNoise(keys, mean, noise);
    },
  });
}

/** The denoised estimates of the past at their half log-SNR, in units of the step from the newest one to `to`. */
export function estimatesOf(sde: Sde, past: Past, to: number): readonly [EstimateNode, ...(readonly EstimateNode[])] {
  const [newest, ...older] = past;
  const start = halfLogSnr(sde, newest.t);
  const h = halfLogSnr(sde, to) - start;
  return [
    { u: 0, value: newest.denoised },
    ...older.map(({ t, denoised }) => ({ u: (halfLogSnr(sde, t) - start) / h, value: denoised })),
  ];
}
