/** @file How often a class is given, and which. */
import { expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { conditionalClasses } from '../../src/train/conditional-classes.ts';

const labels = Uint8Array.from({ length: 30 }, (_, i) => (7 * i) % 3);
const n = 20_000;
const rows = Array.from({ length: n }, (_, i) => i % labels.length);
const rowOf = (given: Float32Array, i: number): number[] => Array.from(given.subarray(3 * i, 3 * i + 3));

it.each([0.1, 0.5])('classes are left out with probability %d, and are else those of the samples', (dropout) => {
  const told = conditionalClasses(labels, rows, { count: 3, dropout, key: key(1) });
  const without = new Array<number>(3).fill(0);
  const wrong = rows.filter((row, i) => {
    const own = rowOf(told, i);
    const left = own.every((value) => value === 0);
    if (left) without[labels[row]!]! += 1;
    return !left && own.some((value, label) => value !== Number(label === labels[row]));
  });
  expect(wrong).toEqual([]);
  // Four standard errors of a share of n / 3 samples of each class.
  const error = Math.sqrt((dropout * (1 - dropout)) / (n / 3));
  for (const count of without) expect(Math.abs(count / (n / 3) - dropout)).toBeLessThan(4 * error);
});

it('all classes are given without dropout', () => {
  const told = conditionalClasses(labels, rows, { count: 3, dropout: 0, key: key(1) });
  expect(told.reduce((sum, value) => sum + value, 0)).toBe(n);
});

it('the key decides which are left out', () => {
  const few = rows.slice(0, 100);
  const draw = (seed: number): Float32Array =>
    conditionalClasses(labels, few, { count: 3, dropout: 0.5, key: key(seed) });
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

it('a class that the network does not know is refused', () => {
  expect(() => conditionalClasses(labels, [0, 2], { count: 2, dropout: 0, key: key(1) })).toThrow(ShapeError);
});
