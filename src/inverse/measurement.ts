/** @file What was measured of the samples that are sought: y = A x_0 + n. */
import { combine } from '../base/arith.ts';
import { ConfigError, ShapeError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { batchOf, takeRows, type Tensor } from '../base/tensor.ts';
import type { LinearOperator, Operator } from './operator/operator.ts';

/** A measurement y = A x_0 + n with independent noise n ~ N(0, noiseStd^2). */
export interface Measurement {
  readonly operator: Operator;
  /** `[B, ...shapeOut]`, one for each sample, or `[1, ...shapeOut]`, one for all samples. */
  readonly y: Tensor;
  /** Standard deviation of the noise in the units of y; 0 where y is exact. */
  readonly noiseStd: number;
}

/**
 * The measurement of each row of a batch.
 * @param rows - which sample each row is; all in order by default
 * @throws ShapeError unless there is one measurement, or one for each sample.
 */
export function measured({ y }: Measurement, x: Tensor, rows?: readonly number[]): Tensor {
  const [batch, found] = [batchOf(x), batchOf(y)];
  const wanted = rows ?? Array.from({ length: batch }, (_, i) => i);
  if (found === 1) return takeRows(y, new Array<number>(batch).fill(0));
  if (wanted.some((row) => row >= found) || (rows === undefined && found !== batch))
    throw new ShapeError(`y: expected one measurement, or one for each of the ${batch} samples, got ${found}`);
  return takeRows(y, wanted);
}

/**
 * The operator of a method that needs a linear one.
 * @throws ConfigError if the operator is not linear.
 */
export function linearOperatorOf({ operator }: Measurement, method: string): LinearOperator {
  if (operator.linear) return operator;
  const message = `${method} needs a linear operator, and ${operator.kind} is not linear; dps and red-diff take any`;
  throw new ConfigError([{ path: 'operator', message }]);
}

/**
 * Measures samples, each with noise of its own.
 * @param x0 - `[B, ...shapeIn]`
 * @param keys - one per sample
 */
export function measure(
  keys: readonly Key[],
  { operator, noiseStd }: Pick<Measurement, 'operator' | 'noiseStd'>,
  x0: Tensor,
): Measurement {
  const noise = normalBatch(keys, operator.shapeOut);
  return { operator, noiseStd, y: combine([1, operator.apply(x0)], [noiseStd, noise]) };
}
