/** @file Where sampling begins: with a draw of the prior at tMax, or with states at a time of the caller's choice. */
import { ConfigError, ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { sameShape, type Shape, type Tensor } from '../base/tensor.ts';
import { noised } from '../sde/forward.ts';
import { priorSample } from '../sde/prior.ts';
import type { Sde, TimeGrid } from '../sde/sde.ts';
import { beginningAt } from '../sde/time/discrete-times.ts';

/** States that sampling begins with in place of a draw of the prior. */
export interface Start {
  /** Time of the states, from tEnd to tMax. */
  readonly t: number;
  /**
   * The states, `[keys.length, ...shape]`.
   * @param keys - one per sample, which nothing else uses; row i of the states depends on `keys[i]` alone
   */
  readonly draw: (keys: readonly Key[]) => Tensor | Promise<Tensor>;
}

/**
 * Sampling that begins with given states, such as a point that a visitor chose or the output of another sampler.
 * @param x - `[B, ...shape]`, one state for each key of the request
 * @param t - time of the states, from tEnd to tMax
 */
export function fromState(x: Tensor, t: number): Start {
  return { t, draw: () => x };
}

/**
 * Sampling that begins with data noised up to t: x_t = alpha(t) x_0 + sigma(t) z. Small t keep most of the data, tMax
 * nearly nothing.
 * @param x0 - `[B, ...shape]` in the units of the model, one for each key of the request
 * @param t - time up to which noise is added, from tEnd to tMax
 * @see Meng et al. 2022, "SDEdit: guided image synthesis and editing with stochastic differential equations", algorithm 1
 * @example
 * ```ts
 * import { ancestral, finish, gaussianMixture, key, predictorCorrector, split, tensor, vp } from 'scorefield';
 * import { fromNoised } from 'scorefield/sample';
 *
 * const sde = vp();
 * const { score } = gaussianMixture(sde, { means: tensor([-2, 2], [2, 1]), stds: 0.5 });
 * const start = fromNoised(sde, tensor([1.5], [1, 1]), 0.3);
 * const sampler = predictorCorrector({ predictor: ancestral(), steps: 100 });
 * console.log((await finish(sampler({ sde, score, shape: [1], keys: split(key(0), 1), start }))).x.data);
 * ```
 */
export function fromNoised(sde: Sde, x0: Tensor, t: number): Start {
  return { t, draw: (keys) => noised(sde, keys, { x0, t }) };
}

/** What `beginning` needs of a request. */
interface Beginning {
  readonly sde: Sde;
  readonly shape: Shape;
  readonly keys: readonly Key[];
  readonly start?: Start | undefined;
}

const priorKeys = (keys: readonly Key[]): readonly Key[] => keys.map((key) => foldIn(key, 'prior'));

/** The standard normal noise of which the prior's draws of a request are made, `[keys.length, ...shape]`. */
export function noiseBefore(keys: readonly Key[], shape: Shape): Tensor {
  return normalBatch(priorKeys(keys), shape);
}

/**
 * The time at which a run begins and its states there.
 * @throws ConfigError unless the time of the start lies in [tEnd, tMax].
 * @throws ShapeError unless the start has a state of the right shape for each key.
 */
export async function initialState(request: Beginning): Promise<{ readonly t: number; readonly x: Tensor }> {
  const { sde, shape, start } = request;
  const keys = priorKeys(request.keys);
  if (start === undefined) return { t: sde.tMax, x: priorSample(keys, sde, shape) };
  const { t, draw } = start;
  if (!(t >= sde.tEnd && t <= sde.tMax))
    throw new ConfigError([
      { path: 'start.t', message: `expected a time of ${sde.tEnd} (tEnd) to ${sde.tMax} (tMax), got ${t}` },
    ]);
  const x = await draw(keys);
  const expected = [keys.length, ...shape];
  if (!sameShape(x.shape, expected))
    throw new ShapeError(`start: expected states [${expected}], one for each key, got [${x.shape}]`);
  return { t, x };
}

/** The times of a grid for the part of the process below t. */
export function timesFrom(
  grid: TimeGrid,
  sde: Sde,
  { t, steps }: Readonly<Record<'t' | 'steps', number>>,
): readonly number[] {
  return grid(beginningAt(sde, t), steps);
}
