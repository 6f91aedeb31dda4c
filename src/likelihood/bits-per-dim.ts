/** @file Log densities as bits per dimension, with the errors of their mean. */

/**
 * Bits per dimension of samples: -log p / (D ln 2) + offset.
 * @param logDensityNats - of each sample, in the model's range
 * @param offset - what the scaling to that range adds; 8 for bytes on [0, 1), 7 on [-1, 1)
 * @see Theis, van den Oord and Bethge 2016, section 3.1
 * @example
 * ```ts
 * import { key, scalerOf, toys } from 'scorefield';
 * import { bitsOffset } from 'scorefield/data';
 * import { bitsPerDim } from 'scorefield/likelihood';
 *
 * const offset = bitsOffset(scalerOf(toys['two-moons'].draw(key(0), 500)));
 * console.log(bitsPerDim(Float64Array.of(-2.1), { dimension: 2, offset }));
 * ```
 */
export function bitsPerDim(
  logDensityNats: Float64Array,
  { dimension, offset }: { readonly dimension: number; readonly offset: number },
): Float64Array {
  return logDensityNats.map((nats) => -nats / (dimension * Math.LN2) + offset);
}

/** Mean of each of `rows` equal runs of numbers. */
export function meanPerSample(values: Float64Array, rows: number): Float64Array {
  const count = values.length / rows;
  return Float64Array.from({ length: rows }, (_, i) =>
    values.subarray(i * count, (i + 1) * count).reduce((sum, value) => sum + value / count, 0),
  );
}
