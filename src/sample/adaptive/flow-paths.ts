/** @file Paths of the probability flow between any two times, from data to noise or back. */
import { combine } from '../../base/arith.ts';
import type { Tensor } from '../../base/tensor.ts';
import { dopri5 } from '../../ode/dopri5.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';

/** The velocity f x - g^2 s / 2 of the probability flow. */
export function flowVelocity(sde: Sde, score: ScoreFn): (t: readonly number[], x: Tensor) => Promise<Tensor> {
  return async (t, x) => combine([t.map((u) => sde.f(u)), x], [t.map((u) => -0.5 * sde.g(u) ** 2), await score(x, t)]);
}

/** What paths of the flow start from, and the times at which they are seen. */
export interface FlowPathsRequest {
  /** `[B, …]` in the units of the model: states at the first of the times. */
  readonly x: Tensor;
  /** Rising or falling times. */
  readonly times: readonly number[];
  /** Tolerance of each solution from one time to the next, absolute and relative. Default 1e-6. */
  readonly tolerance?: number;
}

/**
 * Paths of the probability flow dx/dt = f x - g^2 s / 2: first the states that they start from, then those at each further time, by Dormand
 * and Prince's method. Falling times lead to data and rising ones to noise; there and back is where it began, up to the tolerance.
 * @see Song et al. 2021, eq. 13
 */
export async function* flowPaths(
  { sde, score }: { readonly sde: Sde; readonly score: ScoreFn },
  { x: first, times, tolerance = 1e-6 }: FlowPathsRequest,
): AsyncGenerator<{ readonly t: number; readonly x: Tensor }, void> {
  let x = first;
  for (const [i, t] of times.entries()) {
    const from = times[i - 1];
    if (from !== undefined)
      x = (await dopri5(flowVelocity(sde, score), x, { from, to: t, rtol: tolerance, atol: tolerance })).y;
    yield { t, x };
  }
}
