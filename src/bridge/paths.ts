/** @file Between two ends: the reference pinned to both, and the diffusion that a drift makes. */
import { addScaledInto, combine } from '../base/arith.ts';
import { checkOptions, positiveInteger } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { batchOf, zeros, type Tensor } from '../base/tensor.ts';

/**
 * The drift b(x, t) of one direction of a bridge, `[B, …]` to `[B, …]`, whose time runs from 1 at the end where it starts to 0 at the end that it
 * reaches: x at t - h is x + h b(x, t) and noise of variance epsilon h.
 */
export type Drift = (x: Tensor, t: number) => Tensor | Promise<Tensor>;

/** How a diffusion is followed. */
export interface PathOptions {
  readonly drift: Drift;
  /** Variance of the reference over the whole time, 0 or more. */
  readonly epsilon: number;
  /** Steps from t = 1 to 0. Default 20. */
  readonly steps?: number;
  /** Order of the steps: 2 with two evaluations of the drift each, but for the last, or 1. Default 2. */
  readonly order?: 1 | 2;
  /** Times of the steps, from 1 to 0. By default they are close where the path ends, (1 - k / steps)^3. */
  readonly times?: readonly number[];
  /** Whether the last step has noise like all others, or is the mean of the end. Default mean. */
  readonly last?: 'mean' | 'noise';
}

/** A step of a path. */
export interface PathStep {
  readonly t: number;
  readonly x: Tensor;
  /** The part that is done, 0 to 1. */
  readonly fraction: number;
}

/** Times from 1 to 0 that are close to each other near 0, where drifts toward data of small width change most. */
export function pathTimes(steps: number): readonly number[] {
  return Array.from({ length: steps + 1 }, (_, k) => (1 - k / steps) ** 3);
}

/** Times from 1 to 0 that both directions of a chain visit, u^2 (3 - 2 u) at even u: close to each other at either end. */
export function twoWayTimes(steps: number): readonly number[] {
  return Array.from({ length: steps + 1 }, (_, k) => {
    const u = 1 - k / steps;
    return u * u * (3 - 2 * u);
  });
}

/**
 * Follows dx = b dt + sqrt(epsilon) dW from its start at t = 1 to t = 0. Steps of order 2 are Heun's, of weak order 2 as the noise does not depend on x. The
 * last step has no noise unless `last` says so: it is the mean of the end.
 * @param starts - `[B, …]`
 * @param keys - one for each sample, whose path depends on nothing else
 * @throws ShapeError unless there is one key for each sample.
 * @throws ConfigError if an option is out of its range.
 */
export async function* followDrift(
  { drift, epsilon, steps = 20, order = 2, times = pathTimes(steps), last = 'mean' }: PathOptions,
  starts: Tensor,
  keys: readonly Key[],
): AsyncGenerator<PathStep, Tensor> {
  checkOptions(positiveInteger('steps', steps), [epsilon >= 0, 'epsilon', `expected 0 or more, got ${epsilon}`]);
  if (keys.length !== batchOf(starts))
    throw new ShapeError(`followDrift: expected ${batchOf(starts)} keys, one per sample, got ${keys.length}`);
  let x = starts;
  const shape = starts.shape.slice(1);
  for (let k = 0; k + 1 < times.length; k++) {
    const [t, next] = [times[k]!, times[k + 1]!];
    const h = t - next;
    const here = await drift(x, t);
    const ahead = combine([1, x], [h, here]);
    const ends = k + 2 === times.length;
    if (ends && last === 'mean') x = ahead;
    else {
      const noise = normalBatch(
        keys.map((own) => foldIn(own, k)),
        shape,
      );
      const moved = addScaledInto(noise, ahead, Math.sqrt(epsilon * h));
      x = order === 1 || ends ? moved : combine([1, moved], [h / 2, await drift(moved, next)], [-h / 2, here]);
    }
    yield { t: next, x, fraction: (k + 1) / (times.length - 1) };
  }
  return x;
}

/**
 * The reference pinned to both of its ends at one time: (1 - t) a + t b + sqrt(epsilon t (1 - t)) z with z from the key of each sample.
 * @param ends - a at t = 0 and b at t = 1, `[B, …]` both
 * @throws ConfigError unless epsilon is 0 or more and t within 0 to 1.
 */
export function pinned(
  [a, b]: readonly [a: Tensor, b: Tensor],
  { t, epsilon, keys }: { readonly t: number; readonly epsilon: number; readonly keys: readonly Key[] },
): Tensor {
  checkOptions(
    [epsilon >= 0, 'epsilon', `expected 0 or more, got ${epsilon}`],
    [t >= 0 && t <= 1, 't', `expected 0 to 1, got ${t}`],
  );
  const z = normalBatch(keys, a.shape.slice(1));
  return addScaledInto(z, combine([1 - t, a], [t, b]), Math.sqrt(epsilon * t * (1 - t)));
}

/**
 * The reference pinned to both of its ends along its way: x at t = k / steps for each k from 0 to `steps`, which are one path for each sample. Each state has the
 * law of `pinned`.
 * @param ends - a at t = 0 and b at t = 1, `[B, …]` both
 * @returns `steps + 1` states, the first a and the last b
 * @throws ShapeError unless there is one key for each sample.
 * @throws ConfigError unless epsilon is 0 or more and there is a step.
 */
export function pinnedPaths(
  [a, b]: readonly [a: Tensor, b: Tensor],
  { steps, epsilon, keys }: { readonly steps: number; readonly epsilon: number; readonly keys: readonly Key[] },
): readonly Tensor[] {
  checkOptions(positiveInteger('steps', steps), [epsilon >= 0, 'epsilon', `expected 0 or more, got ${epsilon}`]);
  if (keys.length !== batchOf(a))
    throw new ShapeError(`pinnedPaths: expected ${batchOf(a)} keys, one per sample, got ${keys.length}`);
  const shape = a.shape.slice(1);
  // Independent steps, whose sum up to each time less its part of the sum of all is 0 at both ends.
  const noise = Array.from({ length: steps }, (_, k) =>
    normalBatch(
      keys.map((own) => foldIn(own, k)),
      shape,
    ),
  );
  const sums = [zeros(a.shape)];
  for (const own of noise) sums.push(combine([1, sums.at(-1)!], [Math.sqrt(epsilon / steps), own]));
  return sums.map((sum, k) => {
    const t = k / steps;
    // The noise first, which is 0 at both ends to the last bit.
    return combine([1, sum], [-t, sums[steps]!], [1 - t, a], [t, b]);
  });
}
