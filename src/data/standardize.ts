/** @file Points to mean zero and variance one. */
import { ConfigError } from '../base/errors.ts';
import { binaryScale } from './binary-scale.ts';
import type { PointSet } from './kinds/set-kind.ts';
import type { PointScale, Scaler } from './scaler.ts';

/** Points as numbers: `values` is `[count, dimension]`. */
export type PointValues = Pick<PointSet, 'name' | 'count' | 'dimension' | 'values'>;

/**
 * Points to mean zero and variance one: of each column, or on average over the columns, which are then divided by one number, so
 * that shapes stay what they are. A column that is the same in all points is divided by its magnitude, or by 1 where it is zero.
 * @param scale - `columns` for quantities of their own units; `common` for coordinates of one space
 * @throws ConfigError if all points are equal, or deviate by less than 1e-300 or more than 1e300.
 */
export function standardize(set: PointValues, scale: PointScale): Scaler {
  const { values, count, dimension, name } = set;
  const shift = Array.from({ length: dimension }, () => 0);
  for (let j = 0; j < values.length; j++) shift[j % dimension]! += values[j]! / count;
  const constant = constantColumns(set);
  const problem = (message: string): ConfigError => new ConfigError([{ path: 'data', message }]);
  if (constant.every(Boolean)) throw problem(`expected points that differ, found that all of ${name} are equal`);
  const deviation = { columns: columnDeviations, common: commonDeviation }[scale](set, shift);
  const factors = deviation.map(
    (std, j) => 1 / (constant[j] === true && scale === 'columns' ? Math.abs(shift[j]!) || 1 : std),
  );
  if (!factors.every((factor) => factor >= 1e-300 && factor <= 1e300))
    throw problem(
      `expected points that deviate from their mean by 1e-300 to 1e300, found others in ${name}; rescale them`,
    );
  return { kind: 'standard', factor: scale === 'common' ? factors[0]! : factors, shift };
}

/** Which columns are the same in all points; rounding of their mean must not be taken for a deviation. */
function constantColumns({ values, dimension }: PointValues): readonly boolean[] {
  const same = Array.from({ length: dimension }, () => true);
  for (let j = dimension; j < values.length; j++) if (values[j] !== values[j % dimension]) same[j % dimension] = false;
  return same;
}

function commonDeviation({ values, dimension }: PointValues, shift: readonly number[]): readonly number[] {
  const unit = binaryScale(values);
  let variance = 0;
  for (let j = 0; j < values.length; j++)
    variance += (values[j]! / unit - shift[j % dimension]! / unit) ** 2 / values.length;
  return [unit * Math.sqrt(variance)];
}

function columnDeviations({ values, count, dimension }: PointValues, shift: readonly number[]): readonly number[] {
  return shift.map((mean, column) => {
    const own = Float64Array.from({ length: count }, (_, i) => values[i * dimension + column]! - mean);
    const unit = binaryScale(own);
    return unit * Math.sqrt(own.reduce((sum, value) => sum + (value / unit) ** 2 / count, 0));
  });
}
