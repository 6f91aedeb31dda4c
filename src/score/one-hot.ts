/** @file Classes as networks read them. */
import { ShapeError } from '../base/errors.ts';

/** The class of each sample of a batch; undefined for none in particular. */
export type Classes = readonly (number | undefined)[];

/**
 * A row for each sample with a one in the column of its class, or zeros where it has none: `[B, K]`.
 * @param count - K, the number of classes
 * @throws ShapeError if a class is not an integer of 0 to K - 1.
 */
export function oneHot(classes: Classes, count: number): Float32Array {
  const rows = new Float32Array(classes.length * count);
  classes.forEach((label, i) => {
    if (label === undefined) return;
    if (!Number.isInteger(label) || label < 0 || label >= count)
      throw new ShapeError(`classes: expected integers of 0 to ${count - 1}, got ${label} for sample ${i}`);
    rows[i * count + label] = 1;
  });
  return rows;
}
