/** @file Whether numbers follow a law: the tests of Pearson and of Kolmogorov and Smirnov. */
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { upperGamma } from '../base/gamma.ts';

/** A statistic, and the probability of one as large or larger if the hypothesis is true. */
export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * Pearson's test that counts have the expected shares: sum (count - expected)^2 / expected, chi-square with K - 1 degrees
 * of freedom. The law holds where every expected count is 5 or more.
 * @param shares - positive, normalized to sum to 1; equal by default
 * @throws ShapeError if there are fewer than two counts, or not one share for each.
 * @throws ConfigError unless the shares are positive and counts are at least 0 with a positive sum.
 */
export function chiSquareTest(counts: ArrayLike<number>, shares?: ArrayLike<number>): TestResult {
  const found = Array.from(counts);
  const weights = shares === undefined ? found.map(() => 1) : Array.from(shares);
  if (found.length < 2 || weights.length !== found.length)
    throw new ShapeError(
      `chiSquareTest: expected two counts or more and as many shares, got ${found.length} and ${weights.length}`,
    );
  const [n, whole] = [found, weights].map((values) => values.reduce((a, b) => a + b, 0)) as [number, number];
  checkOptions(
    [weights.every((w) => w > 0) && Number.isFinite(whole), 'shares', `expected positive numbers, got [${weights}]`],
    [
      found.every((c) => c >= 0) && n > 0 && Number.isFinite(n),
      'counts',
      `expected counts with a positive sum, got [${found}]`,
    ],
  );
  const statistic = found.reduce((sum, count, k) => {
    const expected = (n * weights[k]!) / whole;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return { statistic, pValue: upperGamma((found.length - 1) / 2, statistic / 2) };
}

/**
 * Kolmogorov and Smirnov's test that independent numbers follow a continuous law: D = sup |F_n - F|. The p-value is the
 * limit law at a statistic corrected for n, right to within 0.02 / n.
 * @param cdf - the distribution function of the law
 * @throws ShapeError if there are no numbers.
 * @see Vrbik 2018, "Small-sample corrections to Kolmogorov-Smirnov test statistic"
 */
export function kolmogorovSmirnovTest(sample: ArrayLike<number>, cdf: (x: number) => number): TestResult {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  if (n === 0) throw new ShapeError('kolmogorovSmirnovTest: expected numbers, got none');
  const statistic = sorted.reduce((worst, x, i) => {
    const p = cdf(x);
    return Math.max(worst, p - i / n, (i + 1) / n - p);
  }, 0);
  const s = statistic * Math.sqrt(n);
  return { statistic, pValue: kolmogorovTail(s + 1 / (6 * Math.sqrt(n)) + (s - 1) / (4 * n)) };
}

/**
 * Kolmogorov and Smirnov's test that two sets of independent numbers follow one continuous law: D = sup |F_m - G_n|, by
 * the limit law, which is safe but somewhat large at small sizes.
 * @throws ShapeError if a set is empty.
 */
export function kolmogorovSmirnovTwoSamples(a: ArrayLike<number>, b: ArrayLike<number>): TestResult {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  const [m, n] = [x.length, y.length];
  if (m === 0 || n === 0) throw new ShapeError('kolmogorovSmirnovTwoSamples: expected numbers, got an empty set');
  let statistic = 0;
  for (let i = 0, j = 0; i < m && j < n;) {
    const value = Math.min(x[i]!, y[j]!);
    while (i < m && x[i] === value) i++;
    while (j < n && y[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / m - j / n));
  }
  return { statistic, pValue: kolmogorovTail(statistic * Math.sqrt((m * n) / (m + n))) };
}

/** Probability that the supremum of |Brownian bridge| is above s; two series of the same function. */
function kolmogorovTail(s: number): number {
  if (s <= 0) return 1;
  const sum = (term: (k: number) => number): number => [1, 2, 3, 4, 5, 6].reduce((all, k) => all + term(k), 0);
  if (s < 1)
    return 1 - (Math.sqrt(2 * Math.PI) / s) * sum((k) => Math.exp((-((2 * k - 1) ** 2) * Math.PI ** 2) / (8 * s * s)));
  return 2 * sum((k) => (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * s * s));
}
