/** @file How well latents decode to the samples that they are of. */
import { combine } from '../base/arith.ts';
import { batchOf } from '../base/tensor.ts';
import { unscaledDifference } from '../data/scaler.ts';
import type { LatentOptions, Latents, LatentStep } from './density/latents.ts';
import type { Model } from './model.ts';
import { running, type RunOptions, type Running } from './running.ts';
import { firstRows } from './samples/sample-grid.ts';

/** Options of `roundTrip`. */
export interface RoundTripOptions extends LatentOptions, RunOptions<LatentStep> {
  /** At most so many samples, the first ones. Default 16. */
  readonly count?: number | undefined;
}

/** Absolute differences of decoded samples from the samples that were encoded, in the units of the data, of images of bytes in gray levels. */
export interface RoundTripError {
  /** Samples that were decoded. */
  readonly count: number;
  readonly mean: number;
  readonly largest: number;
}

/** Decodes the first of the latents of `model.encode` and compares them with their samples. */
export function roundTrip(
  model: Model,
  encoded: Pick<Latents, 'latents' | 'x'>,
  { signal, onProgress, ...options }: RoundTripOptions = {},
): Running<LatentStep, RoundTripError> {
  return running(() => compared(model, encoded, options), { signal, onProgress });
}

async function* compared(
  model: Model,
  { latents, x }: Pick<Latents, 'latents' | 'x'>,
  { count = 16, ...options }: Omit<RoundTripOptions, keyof RunOptions<LatentStep>>,
): AsyncGenerator<LatentStep, RoundTripError> {
  const computation = model.decode(firstRows(latents, count), options);
  yield* computation;
  const back = (await computation).x;
  const difference = combine([1, back], [-1, firstRows(x, count)]);
  const errors = unscaledDifference(model.trained.data.scaler, difference).data.map(Math.abs);
  return {
    count: batchOf(back),
    mean: errors.reduce((sum, value) => sum + value / errors.length, 0),
    largest: errors.reduce((a, b) => Math.max(a, b), 0),
  };
}
