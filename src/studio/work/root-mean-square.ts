/** @file The size of the data, apart from what needs the engine. */
import type { Mixture } from '../../data/dataset.ts';

/** The root mean square of a coordinate of the data. */
export function rootMeanSquare({ weights, means, stds }: Mixture): number {
  const squares = weights.map((weight, k) => {
    const [x = NaN, y = NaN] = means[k] ?? [];
    return weight * ((x * x + y * y) / 2 + (stds[k] ?? NaN) ** 2);
  });
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
}
