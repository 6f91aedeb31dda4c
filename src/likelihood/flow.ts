/**
 * @file The probability flow in the form that all affine SDEs share: an angle in the place of time, and states of unit
 * scale.
 */
import { combine, scale } from '../base/arith.ts';
import type { Tensor } from '../base/tensor.ts';
import type { OdeOptions, OdeSolver, OdeStatus } from '../ode/adaptive.ts';
import { dopri5 } from '../ode/dopri5.ts';
import { noiseRatio, timeOfNoiseRatio } from '../sde/time/noise-ratio.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';

/** How a flow is solved. */
export interface FlowOptions extends OdeOptions {
  /** The Runge-Kutta pair: `dopri5` by default, or `bosh3`. */
  readonly solve?: OdeSolver;
}

/** Where the flow has taken a batch. */
export interface Carried {
  /** `[B, …]` */
  readonly x: Tensor;
  /** Evaluations of the score, per sample. */
  readonly evals: readonly number[];
  readonly status: readonly OdeStatus[];
}

/** What the flow of an SDE reads at an angle. */
export interface FlowPoint {
  readonly t: number;
  /** hypot(alpha, sigma), by which a state is divided to be of unit scale. */
  readonly scale: number;
  /** tan(angle), the noise ratio. */
  readonly ratio: number;
}

/** arctan(sigma / alpha), which grows with time within (0, pi / 2). */
export function angleOf(sde: Sde, t: number): number {
  return Math.atan(noiseRatio(sde, t));
}

/** hypot(alpha, sigma) at a time. */
export function scaleAt(sde: Sde, t: number): number {
  return Math.hypot(sde.alpha(t), sde.sigma(t));
}

/** The inverse of `angleOf`, with what else the flow needs there. */
export function pointAt(sde: Sde, angle: number): FlowPoint {
  const t = timeOfNoiseRatio(sde, Math.tan(angle));
  return { t, scale: scaleAt(sde, t), ratio: noiseRatio(sde, t) };
}

/**
 * Slope of the flow in the angle phi, for v = x / c with c = hypot(alpha, sigma): the flow dx/dt = f x - g^2 s / 2 is
 * dv/dphi = -tan(phi) (v + c s(c v, t)) whatever the SDE, since phi' = (sigma / alpha)' cos(phi)^2 and
 * g^2 = 2 alpha sigma (sigma / alpha)'. It is cos(phi) z - sin(phi) x_0 with the denoised x_0 and its noise z, which stays
 * of unit size where the slope in t grows without bound towards t = 0.
 * @see Salimans and Ho 2022, "Progressive distillation for fast sampling of diffusion models", appendix D
 */
export function slope(points: readonly FlowPoint[], v: Tensor, score: Tensor): Tensor {
  return combine([points.map(({ ratio }) => -ratio), v], [points.map(({ ratio, scale }) => -ratio * scale), score]);
}

/**
 * Carries samples along the probability flow from one time to another, in either direction. Each sample has its own
 * steps. Tolerances are of the state divided by hypot(alpha, sigma).
 * @param x - `[B, …]`, at time `from`
 * @throws ConfigError unless rtol and atol are positive and maxSteps is a positive integer.
 * @see Song et al. 2021, eq. 13
 */
export async function carry(
  { sde, score }: { readonly sde: Sde; readonly score: ScoreFn },
  x: Tensor,
  { from, to, solve = dopri5, ...solver }: FlowOptions & { readonly from: number; readonly to: number },
): Promise<Carried> {
  const start = scale(1 / scaleAt(sde, from), x);
  const { y, evals, status } = await solve(
    async (angles, v, rows) => {
      const points = angles.map((angle) => pointAt(sde, angle));
      const at = scale(
        points.map((point) => point.scale),
        v,
      );
      const times = points.map(({ t }) => t);
      return slope(points, v, await score(at, times, rows));
    },
    start,
    { ...solver, from: angleOf(sde, from), to: angleOf(sde, to) },
  );
  return { x: scale(scaleAt(sde, to), y), evals, status };
}
