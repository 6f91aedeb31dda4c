/** @file GITS: the time grid of least cost along a path that was computed finely, by dynamic programming. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { InternalError } from '../../base/errors.ts';
import type { Path } from './reference.ts';

/** The cost of a jump from point i of a path to point j > i. */
export type JumpCosts = readonly Float64Array[];

/**
 * Costs of Euler jumps against a path: C_ij = mean of ||y_i + (r_j - r_i) dy/dr_i - y_j|| over the samples.
 * @see Chen et al. 2024, "On the trajectory regularity of ODE-based diffusion sampling", section 4
 */
export function jumpCosts({ levels, states, slopes }: Path): JumpCosts {
  return levels.map((from, i) => {
    const [start, slope] = [states[i], slopes[i]];
    if (start === undefined || slope === undefined)
      throw new InternalError('a path has a state and a slope at each level');
    const [n = 1] = start.shape;
    const size = start.data.length / n;
    return Float64Array.from(levels, (to, j) => {
      if (j <= i) return Infinity;
      const end = states[j]?.data ?? start.data;
      let sum = 0;
      for (let row = 0; row < n; row++) {
        let square = 0;
        for (let k = row * size; k < (row + 1) * size; k++)
          square += ((start.data[k] ?? 0) + (to - from) * (slope.data[k] ?? 0) - (end[k] ?? 0)) ** 2;
        sum += Math.sqrt(square);
      }
      return sum / n;
    });
  });
}

/**
 * The points i_0 = 0 < i_1 < … < i_n = N at which n jumps visit a path at least cost: V_j,k = min_i C_ji + coefficient V_i,k-1,
 * where V_j,k is that of k jumps from j to the end.
 * @param options - `jumps`: n; `coefficient`: what an error grows by in the jumps before it, the larger the more late errors count;
 * default 1.15
 * @throws ConfigError unless there are at least as many points after the first as jumps.
 */
export function cheapestJumps(
  costs: JumpCosts,
  { jumps, coefficient = 1.15 }: { readonly jumps: number; readonly coefficient?: number },
): readonly number[] {
  const last = costs.length - 1;
  checkOptions(positiveInteger('jumps', jumps), [
    jumps <= last,
    'jumps',
    `expected at most ${last}, one for each point of the path after the first, got ${jumps}`,
  ]);
  let value = Float64Array.from(costs, (_, j) => (j === last ? 0 : Infinity));
  const next: Int32Array[] = [];
  for (let k = 1; k <= jumps; k++) {
    const before = value;
    const own = new Int32Array(last + 1);
    value = new Float64Array(last + 1).fill(Infinity);
    for (let j = 0; j < last; j++)
      for (let i = j + 1; i <= last; i++) {
        const cost = (costs[j]?.[i] ?? Infinity) + coefficient * (before[i] ?? Infinity);
        if (cost < (value[j] ?? Infinity)) {
          value[j] = cost;
          own[j] = i;
        }
      }
    next.push(own);
  }
  const points = [0];
  for (const own of next.toReversed()) points.push(own[points.at(-1) ?? 0] ?? last);
  return points;
}
