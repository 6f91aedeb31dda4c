/** @file Numbers estimated from samples, with the errors that the samples leave them. */
import { checkOptions, type Rule } from '../base/check.ts';
import { batchOf, takeRows, type Tensor } from '../base/tensor.ts';
import { short } from '../base/words.ts';

/** An estimate and the standard deviation that it would have over repetitions. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** A value with as many digits as its error allows, and the error: 1.235 ± 0.012. */
export function estimateText({ value, standardError }: Estimate): string {
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(standardError))));
  if (!Number.isFinite(digits)) return short(value);
  if (Math.abs(value) >= 1e9 || standardError < 1e-6) return `${short(value)} ± ${short(standardError)}`;
  return `${value.toFixed(digits)} ± ${standardError.toFixed(digits)}`;
}

/**
 * The mean of independent numbers; NaN for the error of fewer than two.
 * @example
 * ```ts
 * import { meanEstimate } from 'scorefield/evaluate';
 *
 * const { value, standardError } = meanEstimate([3.1, 2.9, 3.3, 3]);
 * console.log(`${value} ± ${standardError}`);
 * ```
 */
export function meanEstimate(values: ArrayLike<number>): Estimate {
  const n = values.length;
  const all = Float64Array.from(values);
  const value = all.reduce((sum, v) => sum + v, 0) / n;
  const variance = all.reduce((sum, v) => sum + (v - value) ** 2, 0) / (n - 1);
  return { value, standardError: Math.sqrt(variance / n) };
}

/**
 * A share of n things, k of which have what is counted. Its error is the standard deviation that a uniform prior leaves to the true share, that of
 * Beta(k + 1, n - k + 1), so that it is not 0 where all of them have it, or none.
 * @example
 * ```ts
 * import { shareEstimate } from 'scorefield/evaluate';
 *
 * const { value, standardError } = shareEstimate(15, 15);
 * console.log(value, standardError); // 1 and 0.055
 * ```
 */
export function shareEstimate(k: number, n: number): Estimate {
  const mean = (k + 1) / (n + 2);
  return { value: k / n, standardError: Math.sqrt((mean * (1 - mean)) / (n + 3)) };
}

/**
 * Standard error of a statistic by the jackknife, from its values without each of n parts of the samples in turn:
 * SE^2 = (n - 1) / n sum_i (theta_(i) - mean)^2. On average the square is not too small.
 * @see Efron and Stein 1981, "The jackknife estimate of variance", theorem 2
 */
export function jackknifeError(left: Float64Array): number {
  const n = left.length;
  const mean = left.reduce((sum, value) => sum + value, 0) / n;
  return Math.sqrt(((n - 1) / n) * left.reduce((sum, value) => sum + (value - mean) ** 2, 0));
}

/**
 * A statistic of sets of samples, with its standard error by the jackknife that leaves out one of G groups of each set at
 * a time. For distances of equal laws, whose leading term vanishes, the error is too large, by sqrt(2) or somewhat more.
 * It does not see bias: a distance between finite sets of one law is above zero.
 * @param samples - sets `[N, …]` of independent samples; row i is in group i mod G
 * @param statistic - of all sets together
 * @param options - `groups`: G, default 20; the relative error of the standard error is about 1 / sqrt(2 G)
 * @throws ConfigError unless there are two groups or more and each set has two rows in each.
 */
export function jackknife(
  samples: readonly Tensor[],
  statistic: (samples: readonly Tensor[]) => number,
  { groups = 20 }: { readonly groups?: number } = {},
): Estimate {
  checkOptions(enoughGroups(groups, samples));
  const left = Float64Array.from({ length: groups }, (_, g) =>
    statistic(samples.map((set) => without(set, g, groups))),
  );
  return { value: statistic(samples), standardError: jackknifeError(left) };
}

/** There are two groups or more, and each set has two samples in each. */
export function enoughGroups(groups: number, samples: readonly Tensor[]): Rule {
  const most = Math.floor(Math.min(...samples.map(batchOf)) / 2);
  return [
    Number.isSafeInteger(groups) && groups >= 2 && groups <= most,
    'groups',
    `expected an integer of 2 to ${most}, half the number of samples, got ${groups}`,
  ];
}

function without(set: Tensor, group: number, groups: number): Tensor {
  return takeRows(
    set,
    Array.from({ length: batchOf(set) }, (_, i) => i).filter((i) => i % groups !== group),
  );
}
