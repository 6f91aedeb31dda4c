/** @file Bins of equal width in which numbers lie that were rounded, such as bytes. */

/** Bins of equal width from `low` upwards, in the model's range; the outer ones reach to infinity. */
export interface Bins {
  readonly low: number;
  readonly width: number;
  readonly count: number;
}

/** Distances from a value to the lower and the upper edge of its bin. */
export function edgesAround(value: number, { low, width, count }: Bins): Readonly<Record<'below' | 'above', number>> {
  const bin = Math.min(count - 1, Math.max(0, Math.floor((value - low) / width)));
  return {
    below: bin === 0 ? -Infinity : low + width * bin - value,
    above: bin === count - 1 ? Infinity : low + width * (bin + 1) - value,
  };
}
