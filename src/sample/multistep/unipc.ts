/** @file The unified predictor-corrector UniPC. */
import { combine } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Sde } from '../../sde/sde.ts';
import { estimatesOf } from './dpm-solver-multistep.ts';
import { exponentialStep, polynomialMean, type EstimateNode } from './exponential.ts';
import type { MultistepOf, Past } from './multistep.ts';

/** Options of `unipc`. */
export interface UnipcOptions {
  /** Estimates that the predictor uses; the method is of one order more. Default 2. */
  readonly order?: 1 | 2 | 3;
}

/**
 * UniPC of order p: UniP-p predicts with the polynomial through the last p estimates of x_0, and once the estimate at
 * the predicted state is known, UniC-p repeats the step with the polynomial through that one as well. The estimate
 * serves the next step too, so that the correction costs no evaluation.
 *
 * The weights integrate the polynomial exactly; the published forms with a function B(h) differ from that only where
 * they fix a weight of 1/2 instead of solving for it.
 * @throws ConfigError unless order is 1, 2 or 3.
 * @see Zhao et al. 2023, "UniPC: a unified predictor-corrector framework", algorithms 1 and 2 in data prediction
 */
export function unipc({ order = 2 }: UnipcOptions = {}): MultistepOf {
  checkOptions([[1, 2, 3].includes(order), 'order', `expected 1, 2 or 3, got ${order}`]);
  return (sde) => ({
    memory: order + 1,
    predict(_keys, past, to) {
      const moved = follow(sde, past, { to, nodes: estimatesOf(sde, past, to).slice(0, order) });
      return { x: moved, mean: moved };
    },
    correct([newest, last, ...older]) {
      if (last === undefined) return newest.x;
      const past: Past = [last, ...older];
      const nodes = [...estimatesOf(sde, past, newest.t).slice(0, order), { u: 1, value: newest.denoised }];
      return follow(sde, past, { to: newest.t, nodes });
    },
  });
}

/** The probability flow from the newest visit to `to`, with the estimate of x_0 a polynomial. */
function follow(
  sde: Sde,
  [{ t: from, x }]: Past,
  { to, nodes }: { readonly to: number; readonly nodes: readonly EstimateNode[] },
): Tensor {
  const { factor, share, k } = exponentialStep(sde, { from, to });
  return combine([factor, x], [share, polynomialMean(nodes, k)]);
}
