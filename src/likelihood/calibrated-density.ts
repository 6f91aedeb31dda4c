/** @file Densities with the constants that energies and scores leave open: those of one sample, along the probability flow. */
import { scale } from '../base/arith.ts';
import type { Key } from '../base/key.ts';
import { batchOf, expectShape, takeRows, type Tensor } from '../base/tensor.ts';
import { priorLogDensity } from '../sde/prior.ts';
import type { LogDensity, ScoreJvpFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import { stoppedAt } from '../sde/time/discrete-times.ts';
import { logLikelihood, type LogLikelihoodOptions } from './log-likelihood.ts';

/** A law at every noise level whose densities are known up to constants of the level. */
export interface UncalibratedDensity {
  readonly sde: Sde;
  readonly scoreJvp: ScoreJvpFn;
  /** log p_t(to) - log p_t(from): differences of a density up to a constant, or a line integral of the score. */
  readonly logRatio: (from: Tensor, to: Tensor, t: number) => Promise<Float64Array>;
}

/**
 * log p_t in nats with its constant: that of one sample a, log p_t(alpha a), which the probability flow has from t to tMax, plus the ratio of the densities at x and there. Each level that is
 * asked for is followed once.
 *
 * Densities of several models can be compared by it, so that the shares of their mixture (`mixtureOf`) are what they say. The further x lies
 * from the sample, the more the errors of a ratio count.
 * @param anchor - `[1, …]`, a likely sample, in the model's range
 * @param options.key - of the probes of the flow, which are not drawn for `trace: { kind: 'exact' }`
 * @throws ShapeError unless there is one sample.
 * @example
 * ```ts
 * import { gaussian, key, tensor } from 'scorefield';
 * import { calibratedDensity } from 'scorefield/likelihood';
 * import { lineIntegral } from 'scorefield/sample';
 * import { edm } from 'scorefield/sde';
 *
 * const sde = edm();
 * const { score, scoreJvp } = gaussian(sde, { mean: tensor([0], [1]), std: 1 });
 * const law = { sde, scoreJvp, logRatio: lineIntegral(score) };
 * const logDensity = calibratedDensity(law, tensor([0.5], [1, 1]), { key: key(0) });
 * console.log((await logDensity(tensor([2], [1, 1]), 1))[0]); // log N(2; 0, 2)
 * ```
 */
export function calibratedDensity(
  { sde, scoreJvp, logRatio }: UncalibratedDensity,
  anchor: Tensor,
  { key, ...options }: LogLikelihoodOptions & { readonly key: Key },
): LogDensity {
  expectShape(anchor, [1, ...anchor.shape.slice(1)], 'anchor');
  const known = new Map<number, Promise<{ readonly at: Tensor; readonly nats: number }>>();
  const anchored = async (t: number): Promise<{ readonly at: Tensor; readonly nats: number }> => {
    const at = scale(sde.alpha(t), anchor);
    if (t >= sde.tMax) return { at, nats: priorLogDensity(sde, at)[0] ?? NaN };
    const flow = { sde: stoppedAt(sde, t), scoreJvp, keys: [key] };
    return { at, nats: (await logLikelihood(flow, at, options)).logDensityNats[0] ?? NaN };
  };
  return async (x, t) => {
    const found = known.get(t) ?? anchored(t);
    known.set(t, found);
    const { at, nats } = await found;
    const from = takeRows(at, new Array<number>(batchOf(x)).fill(0));
    return (await logRatio(from, x, t)).map((ratio) => nats + ratio);
  };
}
