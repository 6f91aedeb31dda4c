/** @file Statistics of samples against their law, in units in which 4 is a one in ten thousand event. */

/** Kolmogorov and Smirnov's distance times sqrt(n); above 1.95 with probability 0.001 for any continuous law. */
export function kolmogorovSmirnov(sample: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  const distance = sorted.reduce((worst, x, i) => {
    const p = cdf(x);
    return Math.max(worst, p - i / n, (i + 1) / n - p);
  }, 0);
  return distance * Math.sqrt(n);
}

/** How many standard errors the mean of f lies from its expectation, with the variance of f known. */
export function standardErrors(
  sample: ArrayLike<number>,
  f: (x: number) => number,
  { mean, variance }: { mean: number; variance: number },
): number {
  const n = sample.length;
  const found = Array.from(sample).reduce((sum, x) => sum + f(x), 0) / n;
  return Math.abs(found - mean) / Math.sqrt(variance / n);
}

/** Distribution function of N(0, 1), by its Taylor series: exact to 1e-12 for |x| < 6. */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 6) return x < 0 ? 0 : 1;
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

/** Pearson's statistic of counts that should be equal. */
export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
