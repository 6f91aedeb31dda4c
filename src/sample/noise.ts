/** @file The noise that ends a stochastic step. */
import { addScaledInto, type PerSample } from '../base/arith.ts';
import type { Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import type { Tensor } from '../base/tensor.ts';
import type { StepResult } from './sampler-step.ts';

/** x = mean + std z, with z from the key of each row. */
export function addNoise(keys: readonly Key[], mean: Tensor, std: PerSample): StepResult {
  return { x: addScaledInto(normalBatch(keys, mean.shape.slice(1)), mean, std), mean };
}
