/** @file A stochastic Runge-Kutta method of strong order 1.5. */
import { combine } from '../../base/arith.ts';
import { normalBatch } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { foldAll } from '../along-grid.ts';
import type { SamplerStepOf } from '../sampler-step.ts';

/** A Brownian path over a step of length h: its increment, and the integral of W(s) - W(0) over the step. */
export interface BrownianStep {
  readonly increment: Tensor;
  readonly integral: Tensor;
}

/** Where a step begins and ends. */
export interface StochasticStep {
  readonly x: Tensor;
  readonly from: number;
  readonly to: number;
  /** Over h = r(from)^2 - r(to)^2, with r = sigma / alpha. */
  readonly path: BrownianStep;
}

/**
 * The method SRA1 for the reverse SDE written so that its noise does not depend on the state or the time: with y = x /
 * alpha and the variance v = (sigma / alpha)^2 running down, dy = S dv + dW with the score S = alpha s of y. Over a
 * step h, with the increment dW and the integral J of its path, y_2 = y + 3/4 h S(y, v) + 3/2 J / h, and the new state
 * is y + h (S(y, v) + 2 S(y_2, v - 3/4 h)) / 3 + dW.
 *
 * Strong order 1.5 and weak order 2, with two evaluations.
 * @see Roessler 2010, "Runge-Kutta methods for the strong approximation of solutions of stochastic differential
 * equations", SRA1
 */
export async function sra1(sde: Sde, score: ScoreFn, { x, from, to, path }: StochasticStep): Promise<Tensor> {
  const [v, h] = [noiseRatio(sde, from) ** 2, noiseRatio(sde, from) ** 2 - noiseRatio(sde, to) ** 2];
  const middle = timeOfNoiseRatio(sde, Math.sqrt(v - 0.75 * h));
  const drift = async (y: Tensor, t: number): Promise<Tensor> =>
    combine([sde.alpha(t), await score(combine([sde.alpha(t), y]), t)]);
  const y = combine([1 / sde.alpha(from), x]);
  const first = await drift(y, from);
  const second = await drift(combine([1, y], [0.75 * h, first], [1.5 / h, path.integral]), middle);
  const a = sde.alpha(to);
  return combine([a, y], [(a * h) / 3, first], [(2 * a * h) / 3, second], [a, path.increment]);
}

/** The predictor of `sra1`, with a Brownian path from the key of each row. */
export function stochasticRungeKutta(): SamplerStepOf {
  return (sde, score) => async (keys, x, from, to) => {
    const h = noiseRatio(sde, from) ** 2 - noiseRatio(sde, to) ** 2;
    const z = normalBatch(foldAll(keys, 'increment'), x.shape.slice(1));
    const rest = normalBatch(foldAll(keys, 'integral'), x.shape.slice(1));
    const path = {
      increment: combine([Math.sqrt(h), z]),
      integral: combine([0.5 * h ** 1.5, z], [(0.5 * h ** 1.5) / Math.sqrt(3), rest]),
    };
    const moved = await sra1(sde, score, { x, from, to, path });
    return { x: moved, mean: moved };
  };
}
