/** @file Distances of clouds and of sets of them, against their definitions, closed forms and null values. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { chamferDistance, earthMoverDistance } from '../../src/evaluate/clouds.ts';
import {
  distancesOf,
  expectedNearestNeighbor,
  ownDistances,
  setDistances,
  type SetDistances,
} from '../../src/evaluate/set-distances.ts';

const cloud = (name: string, points: number): Float64Array => normal(foldIn(key(0), name), 3 * points);
const at = (points: ArrayLike<number>, i: number, b: ArrayLike<number>, k: number): number =>
  Math.hypot(...[0, 1, 2].map((j) => points[3 * i + j]! - b[3 * k + j]!));

/** All orders of n things. */
function orders(n: number): readonly (readonly number[])[] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, k) => [...rest.slice(0, k), n - 1, ...rest.slice(k)]),
  );
}

describe('a distance of clouds', () => {
  it('of two points that are 1 apart is 2 squared and summed both ways, and 1 to carry', () => {
    expect(chamferDistance([0, 0, 0], [1, 0, 0])).toBe(2);
    expect(earthMoverDistance([0, 0, 0], [1, 0, 0])).toBe(1);
  });

  it('is what its definition says', () => {
    const [a, b] = [cloud('a', 7), cloud('b', 5)];
    const nearest = (from: Float64Array, to: Float64Array): number =>
      Array.from({ length: from.length / 3 }, (_, i) =>
        Math.min(...Array.from({ length: to.length / 3 }, (_, k) => at(from, i, to, k) ** 2)),
      ).reduce((sum, square) => sum + square / (from.length / 3), 0);
    expect(chamferDistance(a, b)).toBeCloseTo(nearest(a, b) + nearest(b, a), 12);
    const [c, d] = [cloud('c', 6), cloud('d', 6)];
    const least = Math.min(...orders(6).map((order) => order.reduce((sum, k, i) => sum + at(c, i, d, k) / 6, 0)));
    expect(earthMoverDistance(c, d)).toBeCloseTo(least, 12);
  });

  it.each([
    ['Chamfer', chamferDistance],
    ["earth mover's", earthMoverDistance],
  ])('(%s) is symmetric, does not see the order of points, and is 0 of a cloud from itself', (_, distance) => {
    const [a, b] = [cloud('e', 40), cloud('f', 40)];
    const turned = Float64Array.from({ length: 120 }, (_, j) => a[(j + 51) % 120]!);
    expect(distance(a, b)).toBeCloseTo(distance(b, a), 12);
    expect(distance(turned, b)).toBeCloseTo(distance(a, b), 12);
    expect(distance(a, turned)).toBe(0);
    expect(() => distance(a, [])).toThrow(/clouds/);
  });

  it('of carrying is that of sorted points on a line', () => {
    const [a, b] = [
      normal(key(1), 30).sort(),
      normal(key(2), 30)
        .map((value) => value + 0.5)
        .sort(),
    ];
    const line = (values: Float64Array): number[] => Array.from(values).flatMap((value) => [value, 0, 0]);
    const mean = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!) / 30, 0);
    expect(earthMoverDistance(line(a), line(b))).toBeCloseTo(mean, 12);
  });
});

const apart = (a: number, b: number): number => Math.abs(a - b);

/** MMD, COV and 1-NNA of numbers. */
function of(samples: readonly number[], references: readonly number[]): SetDistances {
  return setDistances({
    samples: ownDistances(samples, apart),
    references: ownDistances(references, apart),
    between: distancesOf(samples, references, apart),
  });
}

describe('distances of sets', () => {
  it('are those of a set that can be counted by hand', () => {
    // References 0, 1, 5; samples 0.1, 0.2, 9. Nearest samples: 0.1, 0.2, 9 at 0.1, 0.8, 4.
    const { matching, coverage, nearestNeighbor } = of([0.1, 0.2, 9], [0, 1, 5]);
    expect(matching).toBeCloseTo((0.1 + 0.8 + 4) / 3, 12);
    // The samples are next to 0, 0 and 5.
    expect(coverage).toBeCloseTo(2 / 3, 12);
    // 0.1: own 0.2 at a tie with 0; 0.2: own; 9: other; 0: other; 1: other; 5: a tie of 1 and 9.
    expect(nearestNeighbor).toBeCloseTo((0.5 + 1 + 0 + 0 + 0 + 0.5) / 6, 6);
  });

  it('of a model that returns the references are 0, all and 0; of one that is elsewhere the samples tell themselves', () => {
    const references = Array.from(normal(key(3), 20));
    expect(of(references, references)).toEqual({ matching: 0, coverage: 1, nearestNeighbor: 0 });
    expect(
      of(
        references.map((value) => value + 100),
        references,
      ),
    ).toMatchObject({ coverage: 1 / 20, nearestNeighbor: 1 });
  });

  it('of the same law have a 1-NNA of (n - 1) / (2 n - 1) on average', () => {
    const [n, repeats] = [8, 600];
    const found = Array.from({ length: repeats }, (_, r) => {
      const all = Array.from(normal(foldIn(key(4), r), 2 * n));
      return of(all.slice(0, n), all.slice(n)).nearestNeighbor;
    });
    const mean = found.reduce((sum, value) => sum + value, 0) / repeats;
    const error = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / repeats;
    expect(expectedNearestNeighbor(n)).toBeCloseTo(7 / 15, 12);
    expect(Math.abs(mean - expectedNearestNeighbor(n))).toBeLessThan(4 * error);
  });
});
