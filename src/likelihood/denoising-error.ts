/** @file How far a score is from the noise of its own input: the one number that variational bounds are made of. */
import { combine, dotPerSample } from '../base/arith.ts';
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { batchOf, type Tensor } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';

/** A score with its SDE, and a key per sample from which noise and times come. */
export interface BoundRequest {
  readonly sde: Sde;
  readonly score: ScoreFn;
  readonly keys: readonly Key[];
}

/** A lower bound of log densities, estimated by Monte Carlo. */
export interface VariationalBound {
  /** Of each sample, in nats, averaged over the draws: unbiased for a number that is at most log p. */
  readonly lowerBoundNats: Float64Array;
  /** `[B, M]`: the estimate of each draw alone. */
  readonly byDrawNats: Tensor;
  /** Evaluations of the score, per sample. */
  readonly evals: readonly number[];
}

/** The state of a sample at a time, and how well it is denoised. */
export interface Denoised {
  /** x_t = alpha x_0 + sigma z. */
  readonly x: Tensor;
  /** sigma s + z. */
  readonly error: Tensor;
  /** ||sigma s + z||^2 of each sample. */
  readonly squares: Float64Array;
  /** Tweedie's estimate of x_0 given x_t. */
  readonly mean: Tensor;
}

/**
 * Noise added to samples, one time each, and its removal by the score.
 * @param times - one per sample
 * @param name - separates the noise from other noise of the same keys
 * @throws ShapeError unless there is one key per sample.
 */
export async function denoise(
  { sde, score, keys }: BoundRequest,
  x0: Tensor,
  times: readonly number[],
  name: string,
): Promise<Denoised> {
  const batch = batchOf(x0);
  if (keys.length !== batch) throw new ShapeError(`keys: expected ${batch}, one per sample, got ${keys.length}`);
  const noise = keys.map((key) => foldIn(key, name));
  const z = normalBatch(noise, x0.shape.slice(1));
  const sigma = times.map((t) => sde.sigma(t));
  const x = combine([times.map((t) => sde.alpha(t)), x0], [sigma, z]);
  const error = combine([sigma, await score(x, times)], [1, z]);
  // Tweedie's (x + sigma^2 s) / alpha is x_0 + sigma (z + sigma s) / alpha.
  const mean = combine([1, x0], [times.map((t, i) => (sigma[i] ?? 0) / sde.alpha(t)), error]);
  return { x, error, squares: dotPerSample(error, error), mean };
}
