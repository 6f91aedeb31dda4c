import { expect, it } from 'vitest';
import { key, split } from '../../../src/base/key.ts';
import { choose, normalizedWeights, resample } from '../../../src/inverse/posterior/particles.ts';
import { chiSquare } from '../../base/statistics.ts';

const logWeights = Float64Array.from([1, 2, 3, 4, 1e-9, 1, 1, 1].map(Math.log));
const group = { logWeights, particles: 4 };

it('weights sum to one in each group, however small', () => {
  expect([...normalizedWeights(group)].slice(0, 4)).toEqual(
    [0.1, 0.2, 0.3, 0.4].map((w) => expect.closeTo(w, 14) as number),
  );
  const far = { logWeights: Float64Array.from([-5000, -5001]), particles: 2 };
  expect(normalizedWeights(far)[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 14);
});

it('resampling leaves the expected number of children: K times the weight, within one', () => {
  const n = 4000;
  const children = [0, 0, 0, 0];
  for (const own of split(key(1), n)) {
    const { parents } = resample([own, own], group, 1);
    const counts = [0, 1, 2, 3].map((i) => parents.filter((parent) => parent === i).length);
    counts.forEach((count, i) => {
      expect(Math.abs(count - 0.4 * (i + 1))).toBeLessThan(1);
      children[i]! += count;
    });
    expect(parents.slice(0, 4).every((parent) => parent < 4)).toBe(true);
    expect(parents.slice(4).every((parent) => parent >= 4)).toBe(true);
  }
  // The variance of a count is below 1/4: five standard errors of their mean.
  children.forEach((count, i) => expect(Math.abs(count / n - 0.4 * (i + 1))).toBeLessThan(2.5 / Math.sqrt(n)));
});

it('only groups of few effective particles are resampled', () => {
  // 1 / sum w^2 is 3.33 in the first group and 3 in the second.
  const { parents, logWeights: kept } = resample(split(key(2), 2), group, 0.8);
  expect(parents.slice(0, 4)).toEqual([0, 1, 2, 3]);
  expect(kept.slice(0, 4)).toEqual(logWeights.slice(0, 4));
  expect([...kept.slice(4)]).toEqual([0, 0, 0, 0]);
  expect(parents).not.toContain(4);
  expect([...resample(split(key(2), 2), group, 1).logWeights]).toEqual(new Array(8).fill(0));
  expect(resample(split(key(2), 2), group, 0).logWeights).toEqual(logWeights);
});

it('chooses by weight', () => {
  const n = 6000;
  const counts = [0, 0, 0, 0];
  for (const own of split(key(3), n))
    counts[choose([own], { logWeights: logWeights.subarray(0, 4), particles: 4 })[0]!]! += 1;
  // 16.3 is exceeded with probability 0.001 for 3 degrees of freedom; equal counts have expectation 600 per weight unit.
  const scaled = counts.flatMap((count, i) => Array.from({ length: i + 1 }, () => count / (i + 1)));
  expect(chiSquare(scaled)).toBeLessThan(16.3);
});
