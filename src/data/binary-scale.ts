/** @file A power of two by which numbers can be divided without a change of their digits. */

/**
 * A power of two about as large as the largest magnitude, 1 if all numbers are zero: squares of numbers that are divided by it neither
 * overflow nor all vanish.
 */
export function binaryScale(values: ArrayLike<number>): number {
  let most = 0;
  for (let j = 0; j < values.length; j++) most = Math.max(most, Math.abs(values[j] ?? 0));
  return most === 0 ? 1 : 2 ** Math.min(1023, Math.max(-1022, Math.floor(Math.log2(most))));
}
