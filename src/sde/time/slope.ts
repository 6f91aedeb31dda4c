/** @file Derivatives of smooth functions of time, by differences. */
import type { Sde } from '../sde.ts';

/** Steps and weights of differences of fourth order: in the middle, and at the two ends. */
const central = [[-2, 1 / 12], [-1, -2 / 3], [1, 2 / 3], [2, -1 / 12]] as const; // prettier-ignore
const backward = [[0, 25 / 12], [-1, -4], [-2, 3], [-3, -4 / 3], [-4, 1 / 4]] as const; // prettier-ignore

/** Steps relative to t, at which truncation and rounding together leave about 1e-11. */
const relative = 1e-3;

/**
 * df/dt of several functions of time at once, by five-point differences of fourth order that stay within [tMin, tMax].
 * @param f - smooth; its values at a time, as many at all times
 */
export function slopes(
  { tMin, tMax }: Pick<Sde, 'tMin' | 'tMax'>,
  f: (t: number) => readonly number[],
  t: number,
): readonly number[] {
  const h = relative * t;
  const side = t + 2 * h > tMax ? 1 : t - 2 * h < tMin ? -1 : 0;
  const points = side === 0 ? central : backward.map(([step, weight]) => [side * step, side * weight] as const);
  const terms = points.map(([step, weight]) => ({ weight, values: f(t + step * h) }));
  const [first] = terms;
  return (first?.values ?? []).map(
    (_, i) => terms.reduce((sum, { weight, values }) => sum + weight * (values[i] ?? NaN), 0) / h,
  );
}
