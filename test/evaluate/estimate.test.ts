import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { jackknife, meanEstimate, shareEstimate } from '../../src/evaluate/estimate.ts';

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;

it('the mean of 1, 2, 6 is 3 with a standard error of sqrt(7 / 3)', () => {
  const { value, standardError } = meanEstimate([1, 2, 6]);
  expect(value).toBe(3);
  expect(standardError).toBeCloseTo(Math.sqrt(7 / 3), 14);
  expect(meanEstimate([1]).standardError).toBeNaN();
});

describe('the jackknife', () => {
  const x = tensor(normal(key(1), 40), [40, 1]);

  it('of a mean is the standard error of means of groups', () => {
    const { value, standardError } = jackknife([x], ([a]) => mean(a!.data), { groups: 10 });
    const ofGroups = Float64Array.from({ length: 10 }, (_, g) => mean(x.data.filter((__, i) => i % 10 === g)));
    expect(value).toBeCloseTo(mean(x.data), 14);
    expect(standardError).toBeCloseTo(meanEstimate(ofGroups).standardError, 12);
  });

  it('of a ratio of means is the spread of the ratio over 400 pairs of sets of unequal size', () => {
    const runs = split(key(2), 400).map((k) => {
      const a = tensor(
        normal(foldIn(k, 'a'), 60).map((v) => 3 + v),
        [60, 1],
      );
      const b = tensor(
        normal(foldIn(k, 'b'), 90).map((v) => 5 + v),
        [90, 1],
      );
      return jackknife([a, b], ([u, v]) => mean(u!.data) / mean(v!.data), { groups: 30 });
    });
    const { standardError } = meanEstimate(runs.map(({ value }) => value));
    const spread = standardError ** 2 * 400;
    const claimed = meanEstimate(runs.map((run) => run.standardError ** 2)).value;
    // A variance of 400 numbers has a relative error of 0.07.
    expect(Math.abs(claimed / spread - 1)).toBeLessThan(0.3);
  });

  it('needs two groups or more with two samples in each', () => {
    for (const groups of [1, 2.5, 21])
      expect(() => jackknife([x], ([a]) => mean(a!.data), { groups })).toThrow(ConfigError);
  });
});

it('gives a share the error of its Beta posterior, which is not 0 for all or none', () => {
  // Variance of Beta(a, b): a b / ((a + b)^2 (a + b + 1)).
  for (const [k, n] of [
    [0, 10],
    [7, 20],
    [15, 15],
  ] as const) {
    const [a, b] = [k + 1, n - k + 1];
    const { value, standardError } = shareEstimate(k, n);
    expect(value).toBe(k / n);
    expect(standardError ** 2).toBeCloseTo((a * b) / ((a + b) ** 2 * (a + b + 1)), 12);
  }
});
