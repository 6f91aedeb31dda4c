import { expect, it } from 'vitest';
import { estimateText } from '../../../src/evaluate/estimate.ts';
import { partOf } from '../../../src/model/evaluation/evaluation.ts';
import type { PointSet } from '../../../src/data/dataset.ts';

/** Points that someone has sorted: those of class k lie at k. */
function sorted(count: number, classes: number): PointSet {
  const values = Float64Array.from({ length: count }, (_, i) => Math.floor((i * classes) / count));
  return { kind: 'points', name: 'sorted', count, dimension: 1, values };
}

it('a part of a sorted file has every class in its share, and each sample once', () => {
  const { set, rows } = partOf(sorted(10_000, 10), 1000);
  expect(new Set(rows).size).toBe(1000);
  const counts = new Array<number>(10).fill(0);
  for (const row of rows) counts[(set as PointSet).values[row]!]! += 1;
  // 100 each, with a standard deviation of 9.
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(45);
  expect(partOf(sorted(10_000, 10), 1000).rows).toEqual(rows);
});

it('a file that is compared whole keeps its order, unless pairs are taken of a part of it', () => {
  expect(partOf(sorted(50, 2), 50).rows).toEqual(Array.from({ length: 50 }, (_, row) => row));
  const { rows } = partOf(sorted(5000, 2), 5000);
  const early = rows.slice(0, 2000).filter((row) => row < 2500).length;
  // 1000, with a standard deviation of 17.
  expect(Math.abs(early - 1000)).toBeLessThan(90);
});

it.each([
  [{ value: 1.23456, standardError: 0.0123 }, '1.235 ± 0.012'],
  [{ value: 1.2345e200, standardError: 1e199 }, '1.23e+200 ± 1.00e+199'],
  [{ value: 1.2345e-200, standardError: 1e-201 }, '1.23e-200 ± 1.00e-201'],
  [{ value: 2, standardError: NaN }, '2'],
])('an estimate has as many digits as its error allows: %o', (estimate, text) => {
  expect(estimateText(estimate)).toBe(text);
});
