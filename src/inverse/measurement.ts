/** @file What was measured of the samples that are sought: y = A x_0 + n, or counts of mean A x_0. */
import { combine } from '../base/arith.ts';
import { ConfigError, ShapeError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { batchOf, takeRows, type Tensor } from '../base/tensor.ts';
import type { NoiseModel } from './noise.ts';
import type { LinearOperator, Operator } from './operator/operator.ts';

/** A measurement y = A x_0 + n with independent noise n ~ N(0, noiseStd^2), or of another law given A x_0. */
export interface Measurement {
  readonly operator: Operator;
  /** `[B, ...shapeOut]`, one for each sample, or `[1, ...shapeOut]`, one for all samples. */
  readonly y: Tensor;
  /** Standard deviation of the noise in the units of y; 0 where y is exact. */
  readonly noiseStd: number;
  /** The law of y given A x_0 where it is another one; `noiseStd` is then an approximation of its standard deviation. */
  readonly noise?: NoiseModel | undefined;
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
 * That the noise is Gaussian, for a method that cannot use any other.
 * @throws ConfigError if it is of another law.
 */
export function requireGaussian({ noise }: Measurement, method: string): void {
  if (noise === undefined) return;
  const message = `${method} takes noise for Gaussian, and this is ${noise.kind} noise; ${anyNoise} take it`;
  throw new ConfigError([{ path: 'noise', message }]);
}

const anyNoise = 'annealed-langevin, diffpir, red-diff, dps, pigdm, mmps and twisted';

/**
 * Measures samples, each with noise of its own.
 * @param x0 - `[B, ...shapeIn]`
 * @param keys - one per sample
 * @example
 * ```ts
 * import { key, tensor } from 'scorefield';
 * import { measure, operators } from 'scorefield/inverse';
 *
 * const sum = operators.matrix([2], tensor([1, 1], [1, 2]));
 * console.log(measure([key(1)], { operator: sum, noiseStd: 0.1 }, tensor([0.5, 1.5], [1, 2])).y.data);
 * ```
 */
export function measure(
  keys: readonly Key[],
  { operator, noiseStd, noise }: Pick<Measurement, 'operator' | 'noiseStd' | 'noise'>,
  x0: Tensor,
): Measurement {
  const clean = operator.apply(x0);
  if (noise !== undefined) return { operator, noiseStd, noise, y: noise.simulate(keys, clean) };
  return { operator, noiseStd, y: combine([1, clean], [noiseStd, normalBatch(keys, operator.shapeOut)]) };
}
