/** @file Damaged images as starts of a bridge: what a task of restoration measures of images, brought back to their shape. */
import { map } from '../../base/arith.ts';
import { sameShape, type Tensor } from '../../base/tensor.ts';
import type { Key } from '../../base/key.ts';
import type { RestorationTask } from '../../catalog/restorations/inverse-tasks.ts';
import type { Scaler } from '../../data/scaler.ts';
import { measure } from '../../inverse/measurement.ts';
import { noiseLaw } from '../restoration/named-task.ts';
import { inUnitRange, modelUnits } from '../restoration/restoration.ts';

/** A task of restoration with the noise of what it measures, for images of 0 to 1. */
export interface Damage {
  readonly task: RestorationTask;
  /** Standard deviation of Gaussian noise. Default 0.05. */
  readonly noise?: number | undefined;
  /** Expected counts of a measured value of 1: the noise is Poisson's. Gaussian noise by default. */
  readonly counts?: number | undefined;
}

/**
 * What was measured as images of the shape of those that were, `[B, C, H, W]` of values about 0 to 1: as the task says it, the measurement itself where it has
 * that shape, else its classical inverse.
 */
export function imagesOfMeasurement({ operator, start, classical }: RestorationTask, y: Tensor): Tensor {
  if (start !== undefined) return start(y);
  return sameShape(operator.shapeIn, operator.shapeOut) ? y : classical.inverse(y);
}

/** Where paths begin that are to end at the images that were measured, in the range of a model. */
export function startsOfMeasurement(task: RestorationTask, scaler: Scaler, y: Tensor): Tensor {
  const { factor, offset } = modelUnits(scaler);
  return map(imagesOfMeasurement(task, y), (value) => offset + factor * value);
}

/**
 * Damages images, each with noise of its own.
 * @param x0 - `[B, C, H, W]` in the range of a model
 * @param keys - one per image
 * @returns the starts of their paths in the same range
 */
export function damaged({ task, ...noise }: Damage, scaler: Scaler, x0: Tensor, keys: readonly Key[]): Tensor {
  const { y } = measure(keys, { operator: task.operator, ...noiseLaw(noise) }, inUnitRange(scaler, x0));
  return startsOfMeasurement(task, scaler, y);
}
