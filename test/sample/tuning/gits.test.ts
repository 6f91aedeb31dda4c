/** @file GITS: its costs by their definition, and its dynamic programme beside all grids that there are. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { key } from '../../../src/base/key.ts';
import { uniform } from '../../../src/base/random.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { cheapestJumps, jumpCosts } from '../../../src/sample/tuning/gits.ts';

/** All ways from 0 to `last` in so many jumps. */
function ways(last: number, jumps: number, from = 0): readonly (readonly number[])[] {
  if (jumps === 1) return from < last ? [[from, last]] : [];
  return Array.from({ length: last - from - 1 }, (_, k) => ways(last, jumps - 1, from + k + 1)).flatMap((rest) =>
    rest.map((way) => [from, ...way]),
  );
}

describe('the dynamic programme', () => {
  const n = 9;
  const costs = Array.from({ length: n }, (_, i) =>
    Float64Array.from(uniform(key(10 + i), n), (u, j) => (j > i ? u * (j - i) ** 2 : Infinity)),
  );

  it.each([1, 2, 3, 5, 8].flatMap((jumps) => [1, 1.15, 3].map((coefficient) => ({ jumps, coefficient }))))(
    'finds the cheapest of all grids of $jumps jumps with the coefficient $coefficient',
    ({ jumps, coefficient }) => {
      // V_j,k = C_ji + a V_i,k-1: the m-th jump counts a^m.
      const cost = (way: readonly number[]): number =>
        way.slice(1).reduce((sum, to, m) => sum + coefficient ** m * costs[way[m]!]![to]!, 0);
      const found = cheapestJumps(costs, { jumps, coefficient });
      const best = Math.min(...ways(n - 1, jumps).map(cost));
      expect(found).toHaveLength(jumps + 1);
      expect(cost(found)).toBeCloseTo(best, 12);
    },
  );

  it('refuses more jumps than there are points', () => {
    expect(() => cheapestJumps(costs, { jumps: 9 })).toThrow(ConfigError);
  });
});

it('costs are the distances of Euler jumps from the path, the mean over samples', () => {
  // y = (r^2, 0) and (0, r): slopes (2 r, 0) and (0, 1), so that a jump from r to q errs by (r - q)^2 and 0.
  const levels = [3, 2, 0.5];
  const path = {
    levels,
    states: levels.map((r) => tensor([r * r, 0, 0, r], [2, 2])),
    slopes: levels.map((r) => tensor([2 * r, 0, 0, 1], [2, 2])),
  };
  const costs = jumpCosts(path);
  expect(costs[0]![1]).toBeCloseTo(0.5, 12);
  expect(costs[0]![2]).toBeCloseTo(6.25 / 2, 12);
  expect(costs[1]![2]).toBeCloseTo(2.25 / 2, 12);
  expect(costs[2]![1]).toBe(Infinity);
});
