/** @file Measurements in other units: what was measured of an image in [0, 1], for a model that works in another range. */
import { combine, map } from '../base/arith.ts';
import { checkOptions } from '../base/check.ts';
import { zeros } from '../base/tensor.ts';
import { linearOperatorOf, type Measurement } from './measurement.ts';

/** x' = factor x + offset, with one factor and one offset for all elements. */
export interface ChangeOfUnits {
  readonly factor: number;
  readonly offset: number;
}

/**
 * The measurement of x' = factor x + offset by the same operator: y' = factor y + offset A 1, of noise |factor| noiseStd.
 * Misfits keep their size relative to the noise: y' - A x' = factor (y - A x). Noise of another law is that of y'.
 * @throws ConfigError if the operator is not linear, the factor is 0 or one of the numbers is not finite, or counts would be
 * negative.
 */
export function changeUnits(measurement: Measurement, { factor, offset }: ChangeOfUnits): Measurement {
  checkOptions(
    [Number.isFinite(factor) && factor !== 0, 'factor', `expected a number other than 0, got ${factor}`],
    [Number.isFinite(offset), 'offset', `expected a number, got ${offset}`],
  );
  const operator = linearOperatorOf(measurement, 'a change of units');
  const ones = map(zeros([1, ...operator.shapeIn]), () => 1);
  const level = operator.apply(ones).data;
  const scaled = combine([factor, measurement.y]);
  return {
    operator,
    noiseStd: Math.abs(factor) * measurement.noiseStd,
    noise: measurement.noise?.scaled(
      factor,
      level.map((value) => offset * value),
    ),
    y: map(scaled, (value, i) => value + offset * (level[i % level.length] ?? 0)),
  };
}
