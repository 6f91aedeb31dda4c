/** @file The Gaussian N(0, priorStd^2 I) that stands for p at tMax. */
import { dotPerSample, scale } from '../base/arith.ts';
import type { Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { sampleSize, type Shape, type Tensor } from '../base/tensor.ts';
import type { Sde } from './sde.ts';

/**
 * One draw for each key.
 * @param shape - of one sample
 * @returns `[keys.length, ...shape]`
 */
export function priorSample(keys: readonly Key[], sde: Sde, shape: Shape): Tensor {
  return scale(sde.priorStd, normalBatch(keys, shape));
}

/**
 * Log density of the prior at each sample of `z`, in nats: -D/2 log(2 pi priorStd^2) - ||z||^2 / (2 priorStd^2).
 * @param z - `[B, …]`
 */
export function priorLogDensity(sde: Sde, z: Tensor): Float64Array {
  const variance = sde.priorStd ** 2;
  const constant = -0.5 * sampleSize(z) * Math.log(2 * Math.PI * variance);
  return dotPerSample(z, z).map((square) => constant - square / (2 * variance));
}
