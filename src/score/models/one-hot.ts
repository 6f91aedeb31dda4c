/** @file Classes as networks read them. */
import { ShapeError } from '../../base/errors.ts';

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

/**
 * Classes of the samples that rows name; of all, without rows.
 * @param batch - how many samples there are
 * @throws ShapeError if they are not as many, or of other samples than those whose classes are given.
 */
export function classesAt(classes: Classes, batch: number, rows: readonly number[] | undefined): Classes {
  const asked = rows ?? [...classes.keys()];
  const outside = asked.some((row) => !(row in classes));
  if (asked.length !== batch || outside)
    throw new ShapeError(`expected samples of the ${classes.length} whose classes are given, got ${batch} other ones`);
  return asked.map((row) => classes[row]);
}
