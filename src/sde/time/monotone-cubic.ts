/** @file A smooth rising curve through the entries of a table, for processes that are given at discrete times. */

/** A function and its derivative. */
export interface Curve {
  value(t: number): number;
  slope(t: number): number;
}

/** One cubic of the curve: y + s (a + s (b + s c)) for s of [0, 1]. */
type Cubic = readonly [y: number, a: number, b: number, c: number];

/**
 * The cubic Hermite curve through rising values at the times first, first + step, ...; it rises everywhere, its derivative
 * is continuous, and a straight line stays one. Slopes at the entries are harmonic means of those beside them.
 * @param values - two or more, strictly increasing
 * @see Fritsch and Butland 1984, "A method for constructing local monotone piecewise cubic interpolants"
 */
export function monotoneCubic(
  values: Float64Array,
  { first, step }: Readonly<Record<'first' | 'step', number>>,
): Curve {
  const rises = values.subarray(1).map((value, k) => value - values[k]!);
  const slopes = values.map((_, k) => slopeAt(rises, k));
  const cubics = Array.from(rises, (rise, k): Cubic => {
    const [from, to] = [slopes[k]!, slopes[k + 1]!];
    return [values[k]!, from, 3 * rise - 2 * from - to, from + to - 2 * rise];
  });
  const find = (t: number): { cubic: Cubic; s: number } => {
    const place = (t - first) / step;
    const k = Math.min(Math.max(Math.floor(place), 0), cubics.length - 1);
    return { cubic: cubics[k]!, s: place - k };
  };
  return {
    value: (t) => {
      const { cubic, s } = find(t);
      const [y, a, b, c] = cubic;
      return y + s * (a + s * (b + s * c));
    },
    slope: (t) => {
      const { cubic, s } = find(t);
      const [, a, b, c] = cubic;
      return (a + s * (2 * b + s * 3 * c)) / step;
    },
  };
}

/** Rise per step at entry k; at an end the parabola's, within the bounds that keep the curve rising. */
function slopeAt(rises: Float64Array, k: number): number {
  const [before, after] = [rises[k - 1], rises[k]];
  if (before !== undefined && after !== undefined) return (2 * before * after) / (before + after);
  const [near, next] = before === undefined ? [rises[0]!, rises[1]] : [before, rises[k - 2]];
  return Math.min(Math.max((3 * near - (next ?? near)) / 2, near / 2), 2 * near);
}
