import { expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { coveredBy, crps } from '../../src/evaluate/crps.ts';

it.each([
  [0, 0.233695],
  [1, 0.6024414],
])('the score of a standard normal forecast at %d is golden', (y, expected) => {
  // 200 sets of 50 draws: means of independent fair scores, within four standard errors.
  const scores = split(key(5), 200).map((own) => crps(normal(own, 50), y));
  const mean = scores.reduce((sum, value) => sum + value / 200, 0);
  const error = Math.sqrt(scores.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 200 / 199);
  expect(error).toBeLessThan(0.01);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
});

it('the score is the formula of its definition', () => {
  // |x - y|: 1, 0, 2, mean 1; pairs: 1, 3, 2, mean 2.
  expect(crps([3, 1, 0].map(Number), 1)).toBeCloseTo((2 + 0 + 1) / 3 - 0.5 * 2, 12);
});

it('an interval of rank counts is right on average, however few draws there are', () => {
  for (const level of [0.5, 0.9])
    for (const n of [1, 4, 19]) {
      const draws = Array.from({ length: n }, (_, i) => i);
      const each = Array.from({ length: n + 1 }, (_, rank) => coveredBy(draws, rank - 0.5, level));
      expect(each.reduce((sum, value) => sum + value / (n + 1), 0)).toBeCloseTo(level, 12);
    }
});
