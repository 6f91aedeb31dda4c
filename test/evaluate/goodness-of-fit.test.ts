import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import { normalCdf, upperGamma } from '../../src/base/gamma.ts';
import {
  chiSquareTest,
  kolmogorovSmirnovTest,
  kolmogorovSmirnovTwoSamples,
} from '../../src/evaluate/goodness-of-fit.ts';
import { probit } from '../../src/base/probit.ts';

function expectRelative(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe('the incomplete gamma function', () => {
  // SciPy 1.17, special.gammaincc(a, x).
  it.each([
    [0.5, 0.01, 0.887537083981715],
    [0.5, 3, 0.014305878435429641],
    [1, 2, 0.1353352832366127],
    [2.5, 1, 0.8491450360846096],
    [10, 9, 0.5874082443319417],
    [10, 11.5, 0.28879453954867124],
    [50, 80, 0.0001307839765914092],
    [200, 150, 0.9999429031142579],
    [3, 40, 3.572865928700233e-15],
  ])('of a = %f at x = %f', (a, x, expected) => expectRelative(upperGamma(a, x), expected, 1e-12));

  it('follows Q(a + 1, x) = Q(a, x) + x^a e^-x / Gamma(a + 1) across the border of its two series', () => {
    const factorial = [1, 1, 2, 6, 24, 120, 720];
    for (const a of [1, 2, 3, 4, 5])
      for (const x of [0.1, a, a + 0.999, a + 1.001, a + 1.999, a + 2.001, 30])
        expectRelative(upperGamma(a + 1, x), upperGamma(a, x) + (x ** a * Math.exp(-x)) / factorial[a]!, 1e-12);
  });

  it('has its ends, and no values for a or x below 0', () => {
    expect([upperGamma(2, 0), upperGamma(2, Infinity)]).toEqual([1, 0]);
    for (const [a, x] of [
      [0, 1],
      [1, -1],
      [1, NaN],
    ] as const)
      expect(() => upperGamma(a, x)).toThrow(ConfigError);
  });

  it('gives the normal distribution function, the inverse of its quantile function', () => {
    expect(normalCdf(0)).toBe(0.5);
    // The quantile function is steep in the tails: 16 digits of x are 13 of p there.
    for (const p of [1e-200, 1e-9, 0.001, 0.2, 0.5, 0.77, 0.9999]) expectRelative(normalCdf(probit(p)), p, 1e-11);
  });
});

describe("Pearson's test", () => {
  it('of equal and of given shares is that of SciPy 1.17, stats.chisquare', () => {
    const equal = chiSquareTest([16, 18, 16, 14, 12, 12]);
    expect(equal.statistic).toBeCloseTo(2, 13);
    expect(equal.pValue).toBeCloseTo(0.8491450360846096, 13);
    const given = chiSquareTest([10, 20, 30], [1, 1, 2]);
    expect(given.statistic).toBeCloseTo(10 / 3, 13);
    expect(given.pValue).toBeCloseTo(0.1888756028375618, 13);
  });

  it('refuses what is no histogram', () => {
    expect(() => chiSquareTest([3])).toThrow(ShapeError);
    expect(() => chiSquareTest([3, 4], [1])).toThrow(ShapeError);
    for (const [counts, shares] of [
      [[0, 0], undefined],
      [[1, -1], undefined],
      [
        [1, 2],
        [1, 0],
      ],
    ] as const)
      expect(() => chiSquareTest(counts, shares)).toThrow(ConfigError);
  });
});

/** P(D_n < d) by the recursion of Marsaglia, Tsang and Wang 2003: an entry of a power of a matrix. */
function exactCdf(n: number, d: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const at = (i: number, j: number): number => i * size + j;
  const factorial = (m: number): number => (m <= 1 ? 1 : m * factorial(m - 1));
  const step = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      if (i - j + 1 < 0) continue;
      let entry = 1;
      if (j === 0) entry -= h ** (i + 1);
      if (i === size - 1) entry -= h ** (size - j);
      if (j === 0 && i === size - 1) entry += Math.max(0, 2 * h - 1) ** size;
      step[at(i, j)] = entry / factorial(i - j + 1);
    }
  let row = Float64Array.from({ length: size }, (_, i) => Number(i === k - 1));
  for (let s = 1; s <= n; s++) {
    const next = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) next[j]! += row[i]! * step[at(i, j)]!;
    row = next.map((v) => (v * s) / n);
  }
  return row[k - 1]!;
}

/** n numbers of (0, 1) at distance d from the uniform law. */
const atDistance = (n: number, d: number): number[] => Array.from({ length: n }, (_, i) => Math.min(1, i / n + d));

describe("Kolmogorov and Smirnov's test", () => {
  it('has the exact recursion agree with SciPy 1.17, stats.kstwo.sf', () => {
    expect(1 - exactCdf(10, 0.3)).toBeCloseTo(0.27053557479999946, 12);
    expect(1 - exactCdf(100, 0.12)).toBeCloseTo(0.1033037490181987, 10);
  });

  it.each([10, 30, 100, 400])('of %i numbers has the exact p-value, but for the error of the correction', (n) => {
    for (const s of [0.5, 0.8, 0.99, 1.01, 1.3, 1.6, 2]) {
      const d = s / Math.sqrt(n);
      const { statistic, pValue } = kolmogorovSmirnovTest(atDistance(n, d), (x) => x);
      expect(statistic).toBeCloseTo(d, 12);
      const exact = 1 - exactCdf(n, d);
      expect(Math.abs(pValue - exact)).toBeLessThan(0.02 / n);
    }
  });

  it('has uniform p-values under the law and small ones off it (500 sets of 40 numbers)', () => {
    const pValues = split(key(31), 500).map((k) => kolmogorovSmirnovTest(normal(k, 40), normalCdf).pValue);
    expect(kolmogorovSmirnovTest(pValues, (p) => p).pValue).toBeGreaterThan(0.001);
    expect(
      kolmogorovSmirnovTest(
        normal(key(3), 400).map((v) => 1.3 * v),
        normalCdf,
      ).pValue,
    ).toBeLessThan(0.01);
  });

  it('of two samples counts ties once: D is the largest gap of distribution functions', () => {
    const { statistic, pValue } = kolmogorovSmirnovTwoSamples([1, 2, 3, 4], [2.5, 3.5, 9]);
    expect(statistic).toBe(0.5);
    expect(pValue).toBeGreaterThan(0.5);
    expect(kolmogorovSmirnovTwoSamples([1, 1, 2], [1, 2, 2]).statistic).toBeCloseTo(1 / 3, 14);
    expect(kolmogorovSmirnovTwoSamples([1, 1, 2], [1, 1, 2])).toEqual({ statistic: 0, pValue: 1 });
    // sqrt(mn / (m + n)) = 10, so that the tail is 2 exp(-2 s^2) at s = 10 D but for terms of exp(-8 s^2).
    const [a, b] = [Array.from({ length: 200 }, (_, i) => i), Array.from({ length: 200 }, (_, i) => i + 0.5 + 40)];
    expectRelative(kolmogorovSmirnovTwoSamples(a, b).pValue, 2 * Math.exp(-2 * (10 * 0.205) ** 2), 1e-9);
  });

  it('of two samples rejects equal laws no more often than it says (500 pairs of 60 and 90, 3 standard errors)', () => {
    const pValues = split(key(32), 500).map(
      (k) => kolmogorovSmirnovTwoSamples(uniform(foldIn(k, 'x'), 60), uniform(foldIn(k, 'y'), 90)).pValue,
    );
    for (const level of [0.05, 0.2, 0.5]) {
      const share = pValues.filter((p) => p < level).length / 500;
      expect(share).toBeLessThan(level + 3 * Math.sqrt((level * (1 - level)) / 500));
      expect(share).toBeGreaterThan(level / 3);
    }
  });

  it('needs numbers', () => {
    expect(() => kolmogorovSmirnovTest([], normalCdf)).toThrow(ShapeError);
    expect(() => kolmogorovSmirnovTwoSamples([], [1])).toThrow(ShapeError);
  });
});
