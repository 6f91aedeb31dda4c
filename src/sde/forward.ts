/** @file The forward process: from data to noise by its exact laws. */
import { combine } from '../base/arith.ts';
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { batchOf, type Tensor } from '../base/tensor.ts';
import type { Sde } from './sde.ts';
import { transition } from './transition.ts';

/** A point of the paths of the forward process. */
export interface ForwardState {
  readonly t: number;
  /** `[B, …]` */
  readonly x: Tensor;
}

/** What the forward process starts from, and the times at which it is seen. */
export interface ForwardRequest {
  /** `[B, …]` in the units of the model: states of the process at the first of the times. */
  readonly x: Tensor;
  /** Rising times; there are steps between them and none before the first. */
  readonly times: readonly number[];
}

/**
 * Paths of the forward SDE dx = f x dt + g dw, first the states that they start from and then those at each later time.
 * Steps are drawn from the law of a state given the one before (`transition`), so that paths have no discretization error,
 * however far apart the times are.
 * @param keys - one per path, which depends on nothing else
 * @throws ConfigError unless the times are rising numbers, one or more.
 * @throws ShapeError unless there is one key for each path.
 * @see Song et al. 2021, eq. 5 and appendix B
 */
export function* forward(sde: Sde, keys: readonly Key[], request: ForwardRequest): Generator<ForwardState, void> {
  const { times } = request;
  const rising = times.every((t, i) => Number.isFinite(t) && t > (times[i - 1] ?? -Infinity));
  checkOptions([rising && times.length > 0, 'times', `expected rising numbers, got [${times}]`]);
  requireKeys(keys, request.x);
  let { x } = request;
  for (const [i, t] of times.entries()) {
    const earlier = times[i - 1];
    if (earlier !== undefined) {
      const { factor, variance } = transition(sde, { earlier, later: t });
      const own = keys.map((key) => foldIn(key, i - 1));
      x = combine([factor, x], [Math.sqrt(variance), normalBatch(own, x.shape.slice(1))]);
    }
    yield { t, x };
  }
}

/**
 * A draw of x_t given x_0 for each key: alpha(t) x_0 + sigma(t) z.
 * @param x0 - `[B, …]` in the units of the model
 * @returns `[B, …]`
 * @throws ShapeError unless there is one key for each sample.
 */
export function noised(sde: Sde, keys: readonly Key[], { x0, t }: { readonly x0: Tensor; readonly t: number }): Tensor {
  requireKeys(keys, x0);
  return combine([sde.alpha(t), x0], [sde.sigma(t), normalBatch(keys, x0.shape.slice(1))]);
}

function requireKeys(keys: readonly Key[], x: Tensor): void {
  if (keys.length !== batchOf(x))
    throw new ShapeError(`expected one key for each of the ${batchOf(x)} samples, got ${keys.length}`);
}
