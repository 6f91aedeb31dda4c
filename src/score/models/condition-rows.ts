/** @file Classes and other conditions as networks read them: a row of numbers for each sample. */
import { ShapeError } from '../../base/errors.ts';

/** What each sample of a batch is conditioned on: its class, or its row `[K]`; undefined for nothing in particular. */
export type Given = readonly (number | Float32Array | undefined)[];

/**
 * A row for each sample: of a class a one in its column, of nothing zeros: `[B, K]`.
 * @param count - K, the number of classes or columns
 * @throws ShapeError if a class is not an integer of 0 to K - 1, or a row has not K columns.
 */
export function conditionRows(given: Given, count: number): Float32Array {
  const rows = new Float32Array(given.length * count);
  given.forEach((own, i) => {
    if (own === undefined) return;
    if (typeof own !== 'number') {
      if (own.length !== count)
        throw new ShapeError(`classes: expected rows of ${count} columns, got ${own.length} for sample ${i}`);
      rows.set(own, i * count);
      return;
    }
    if (!Number.isInteger(own) || own < 0 || own >= count)
      throw new ShapeError(`classes: expected integers of 0 to ${count - 1}, got ${own} for sample ${i}`);
    rows[i * count + own] = 1;
  });
  return rows;
}

/**
 * What the samples are given that rows name; all, without rows.
 * @param batch - how many samples there are
 * @throws ShapeError if they are not as many, or others than those of which something is given.
 */
export function givenAt(given: Given, batch: number, rows: readonly number[] | undefined): Given {
  const asked = rows ?? [...given.keys()];
  const outside = asked.some((row) => !(row in given));
  if (asked.length !== batch || outside)
    throw new ShapeError(`expected samples of the ${given.length} whose classes are given, got ${batch} other ones`);
  return asked.map((row) => given[row]);
}
