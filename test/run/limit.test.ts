import { expect, it } from 'vitest';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { limitOf, type Limit } from '../../src/run/limit.ts';

const limit = (train: object): Limit => limitOf(resolveConfig({ kind: 'points' }, { data: { ref: 'spirals' }, train }));

it('the part of the minutes that is spent is 0 of a run of steps, and 1 at the end and after it', () => {
  expect(limit({ steps: 10 }).spent(1e6)).toBe(0);
  const both = limit({ steps: 10, minutes: 2 });
  expect([0, 30, 120, 500].map((seconds) => both.spent(seconds))).toEqual([0, 0.25, 1, 1]);
  // What is done is the larger part of both.
  expect([both.fraction(5, 30), both.fraction(1, 90)]).toEqual([0.5, 0.75]);
});
