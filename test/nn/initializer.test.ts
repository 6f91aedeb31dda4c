import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { averageFan, fill, gaussianInitializer, inverseFanIn } from '../../src/nn/initializer.ts';
import { kolmogorovSmirnov, normalCdf, standardErrors } from '../base/statistics.ts';

/** A kernel of fan in 20 * 9 = 180 and fan out 30 * 9 = 270: 5400 values. */
const kernel = [30, 20, 3, 3];
const matrix = [60, 90];

/** Fails for one in a thousand seeds unless the values are uniform within the bound. */
function expectUniform(values: Float64Array, bound: number): void {
  expect(values.every((v) => Math.abs(v) <= bound)).toBe(true);
  expect(kolmogorovSmirnov(values, (v) => (v / bound + 1) / 2)).toBeLessThan(1.95);
  const variance = bound ** 2 / 3;
  // The variance of v^2 for uniform v within b is 4 b^4 / 45.
  expect(standardErrors(values, (v) => v * v, { mean: variance, variance: (4 * bound ** 4) / 45 })).toBeLessThan(4);
}

describe('initial values', () => {
  it.each([
    { shape: kernel, scale: 1, fan: 225 },
    { shape: matrix, scale: 1, fan: 75 },
    { shape: kernel, scale: 0.1, fan: 225 },
    { shape: matrix, scale: 0, fan: 75 },
  ])('of scale $scale over the average fan have the variance scale / $fan', ({ shape, scale, fan }) => {
    expectUniform(averageFan(scale)(key(1), shape), Math.sqrt((3 * Math.max(scale, 1e-10)) / fan));
  });

  it('lie within the inverse root of the fan in, which a bias takes from its kernel', () => {
    expectUniform(inverseFanIn()(key(2), kernel), 1 / Math.sqrt(180));
    expectUniform(inverseFanIn()(key(2), matrix), 1 / Math.sqrt(90));
    expectUniform(inverseFanIn(180)(key(3), [5400]), 1 / Math.sqrt(180));
  });

  it('are normal with a given deviation, or all the same', () => {
    const values = gaussianInitializer(30)(key(4), [5000]);
    expect(kolmogorovSmirnov(values, (v) => normalCdf(v / 30))).toBeLessThan(1.95);
    expect([...fill(2.5)(key(5), [2, 2])]).toEqual([2.5, 2.5, 2.5, 2.5]);
  });

  it('depend on the key', () => {
    for (const init of [averageFan(1), inverseFanIn(), gaussianInitializer(1)]) {
      expect(init(key(1), matrix)).toEqual(init(key(1), matrix));
      expect(init(key(1), matrix)).not.toEqual(init(key(2), matrix));
    }
  });
});
