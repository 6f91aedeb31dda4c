import { describe, expect, it } from 'vitest';
import { assignment } from '../../src/base/assignment.ts';
import { NumericalError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';

const costOf = (cost: Float64Array, n: number, columns: ArrayLike<number>): number =>
  Array.from(columns).reduce((sum, column, row) => sum + cost[row * n + column]!, 0);

/** The least cost over all permutations. */
function bruteForce(cost: Float64Array, n: number, row = 0, taken = 0): number {
  if (row === n) return 0;
  let least = Infinity;
  for (let j = 0; j < n; j++)
    if ((taken & (1 << j)) === 0)
      least = Math.min(least, cost[row * n + j]! + bruteForce(cost, n, row + 1, taken | (1 << j)));
  return least;
}

const squares = (x: Float64Array, y: Float64Array): Float64Array =>
  Float64Array.from({ length: x.length * y.length }, (_, k) => {
    const n = y.length;
    return (x[Math.floor(k / n)]! - y[k % n]!) ** 2;
  });

const ranks = (x: Float64Array): readonly number[] => {
  const order = [...x.keys()].sort((a, b) => x[a]! - x[b]!);
  return [...x.keys()].map((i) => order.indexOf(i));
};

const isPermutation = (columns: Uint32Array): boolean => new Set(columns).size === columns.length;

describe('the assignment of least cost', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])('of %d rows is that of all permutations', (n) => {
    for (let trial = 0; trial < 40; trial++) {
      const own = foldIn(foldIn(key(1), n), trial);
      // Every other trial has small whole costs, with many ties and several optima.
      const cost = trial % 2 === 0 ? normal(own, n * n) : uniform(own, n * n).map((u) => Math.floor(4 * u));
      const found = assignment(cost, n);
      expect(isPermutation(found)).toBe(true);
      expect(costOf(cost, n, found)).toBeCloseTo(bruteForce(cost, n), 12);
    }
  });

  it.each([64, 256, 512])('of %d numbers on a line pairs them by rank', (n) => {
    const [x, y] = [normal(foldIn(key(2), n), n), uniform(foldIn(key(3), n), n)];
    const found = assignment(squares(x, y), n);
    const [of, at] = [ranks(x), ranks(y)];
    expect([...found].map((column) => at[column])).toEqual(of);
  });

  it('is such that no exchange of two columns, nor of three, lowers the cost', () => {
    const n = 24;
    const cost = normal(key(4), n * n);
    const found = assignment(cost, n);
    const least = costOf(cost, n, found);
    const changed = (rows: readonly number[]): number => {
      const columns = [...found];
      for (const [k, row] of rows.entries()) columns[row] = found[rows[(k + 1) % rows.length]!]!;
      return costOf(cost, n, columns);
    };
    let nearest = Infinity;
    for (let a = 0; a < n; a++)
      for (let b = 0; b < a; b++) {
        nearest = Math.min(nearest, changed([a, b]));
        for (let c = 0; c < n; c++) if (c !== a && c !== b) nearest = Math.min(nearest, changed([a, b, c]));
      }
    expect(nearest).toBeGreaterThan(least);
  });

  it('does not depend on what a row or a column adds to all of its costs', () => {
    const n = 30;
    const cost = normal(key(5), n * n);
    const [rows, columns] = [normal(key(6), n), normal(key(7), n)];
    const shifted = cost.map((value, k) => value + 100 * rows[Math.floor(k / n)]! + 100 * columns[k % n]!);
    expect(assignment(shifted, n)).toEqual(assignment(cost, n));
  });

  it('ends where all costs are equal, or equal up to rounding', () => {
    const n = 64;
    expect(isPermutation(assignment(new Float64Array(n * n).fill(3), n))).toBe(true);
    const nearly = normal(key(8), n * n).map((z) => 1e8 + 1e-8 * Math.round(z));
    expect(isPermutation(assignment(nearly, n))).toBe(true);
    expect(assignment(new Float64Array(0), 0)).toEqual(new Uint32Array(0));
  });

  it('refuses costs that are none', () => {
    expect(() => assignment(new Float64Array(5), 2)).toThrow(ShapeError);
    expect(() => assignment(Float64Array.of(1, NaN, 2, 3), 2)).toThrow(NumericalError);
    expect(() => assignment(Float64Array.of(1, Infinity, 2, 3), 2)).toThrow(NumericalError);
  });
});
