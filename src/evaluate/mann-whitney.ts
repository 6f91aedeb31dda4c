/** @file Which of two sets of numbers has the larger ones: the rank test of Mann and Whitney. */
import { ShapeError } from '../base/errors.ts';

/** The test of two sets. */
export interface MannWhitney {
  /** Pairs of which the number of the first set is the larger; half of a pair of equal numbers. */
  readonly u: number;
  /** (U - m n / 2) over its standard deviation: standard normal where the sets have one law, below 0 where the first has smaller numbers. */
  readonly z: number;
}

/**
 * U of all pairs of two sets, and its normal limit with the variance of ties.
 * @throws ShapeError if a set is empty.
 * @see Mann and Whitney 1947, "On a test of whether one of two random variables is stochastically larger than the other"
 * @example
 * ```ts
 * import { mannWhitney } from 'scorefield/evaluate';
 *
 * console.log(mannWhitney([1, 2, 3], [2.5, 4, 5]).u); // 1: only 3 is larger, than 2.5
 * ```
 */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): MannWhitney {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  const [m, n] = [x.length, y.length];
  if (m === 0 || n === 0) throw new ShapeError('mannWhitney: expected numbers, got an empty set');
  let [u, ties] = [0, 0];
  for (let i = 0, j = 0; i < m || j < n;) {
    const value = i < m && (j >= n || x[i]! <= y[j]!) ? x[i]! : y[j]!;
    const below = j;
    let [equalX, equalY] = [0, 0];
    for (; i < m && x[i] === value; i++) equalX++;
    for (; j < n && y[j] === value; j++) equalY++;
    // Numbers that are none are equal to nothing.
    if (equalX + equalY === 0) throw new ShapeError('mannWhitney: expected numbers, found one that is none');
    u += equalX * (below + equalY / 2);
    ties += (equalX + equalY) ** 3 - (equalX + equalY);
  }
  const all = m + n;
  const variance = ((m * n) / 12) * (all + 1 - ties / (all * (all - 1)));
  return { u, z: variance > 0 ? (u - (m * n) / 2) / Math.sqrt(variance) : 0 };
}
