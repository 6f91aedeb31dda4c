import { expect, it } from 'vitest';
import { describe } from '../../src/data/describe.ts';
import type { PointSet } from '../../src/data/dataset.ts';

function pointsOf(dimension: number, values: readonly number[]): PointSet {
  return { kind: 'points', name: 'x', count: values.length / dimension, dimension, values: Float64Array.from(values) };
}

it.each([1, 1e200, 1e300, 1e-200, 1e-310])(
  'moments of finite numbers of size %d are finite, column by column',
  (size) => {
    const set = pointsOf(2, [3 * size, 0.5, -3 * size, 1.5, 6 * size, 2.5, -6 * size, 3.5]);
    const { mean, std, range } = describe(set);
    expect(Math.abs(mean[0]!) / size).toBeLessThan(1e-9);
    // Numbers below 1e-308 have fewer digits.
    expect(std[0]! / size / Math.sqrt(22.5)).toBeCloseTo(1, 9);
    expect(mean[1]).toBe(2);
    expect(std[1]).toBeCloseTo(Math.sqrt(1.25), 12);
    expect(range.every(Number.isFinite)).toBe(true);
  },
);

it('a common offset does not eat the digits', () => {
  expect(describe(pointsOf(1, [1e8, 1e8 + 1, 1e8 + 2])).std[0]).toBeCloseTo(Math.sqrt(2 / 3), 9);
});
