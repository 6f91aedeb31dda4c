/** @file Distances of columns, of pairs of columns and of rows, in cases that can be counted. */
import { expect, it } from 'vitest';
import { closestRecords, columnDistances, pairDistances, totalVariation } from '../../src/evaluate/columns.ts';

const numbers = (name: string, ...values: number[]) => ({ name, values: Float64Array.from(values) });
const places = (name: string, categories: number, ...values: number[]) => ({ ...numbers(name, ...values), categories });

it('measures columns', () => {
  expect(totalVariation([0, 0, 1, 1], [0, 1, 1, 1], 3)).toBeCloseTo(0.25, 12);
  const own = [numbers('x', 1, 2, NaN, 4), places('c', 2, 0, 0, 1, 1)];
  const reference = [numbers('x', 1, 2, 3, 9), places('c', 2, 0, 1, 1, 1)];
  // Of 1, 2, 4 and 1, 2, 3, 9 the distribution functions differ most at 4: 1 and 3/4.
  const [x, c] = columnDistances(own, reference);
  expect(x).toMatchObject({ name: 'x', measure: 'KS', missing: 0.25 });
  expect(x!.distance).toBeCloseTo(0.25, 12);
  expect(c).toEqual({ name: 'c', measure: 'TV', distance: 0.25, missing: 0 });
  expect(() => columnDistances(own, own.slice(1))).toThrow(/expected 2 columns, got 1/);
});

it('measures pairs: ranks, categories, and one of each', () => {
  const table = [
    numbers('x', 1, 2, 3, 40),
    numbers('y', -1, -8, -27, -64),
    places('c', 2, 0, 0, 1, 1),
    places('d', 2, 1, 1, 0, 0),
  ];
  const found = Object.fromEntries(
    pairDistances(table, table).map(({ names, association }) => [names.join(''), association]),
  );
  expect(found['xy']).toBeCloseTo(-1, 12);
  expect(found['cd']).toBeCloseTo(1, 12);
  // Ranks 0, 1 and 2, 3: of the sum of squares 5 lie 4 between the two means.
  expect(found['xc']).toBeCloseTo(Math.sqrt(4 / 5), 12);
  const [pair] = pairDistances(
    [numbers('x', 1, 2, 3), numbers('y', 1, 1, 1)],
    [numbers('x', 1, 2, 3), numbers('y', 1, 2, 3)],
  );
  expect(pair).toEqual({ names: ['x', 'y'], association: 0, reference: 1 });
});

it('finds the closest record', () => {
  const records = { data: Float64Array.of(0, 0, 3, 4), size: 2 };
  expect(Array.from(closestRecords({ data: Float64Array.of(0, 1, 3, 4, 6, 8), size: 2 }, records))).toEqual([1, 0, 5]);
});
