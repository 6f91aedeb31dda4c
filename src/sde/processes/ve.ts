/** @file The variance-exploding SDE. */
import { above, checkOptions, positive } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { timeRules, type TimeOptions } from '../time/times.ts';

/** Options of `ve`, in the units of the scaled data. */
export interface VeOptions extends TimeOptions {
  /** Noise level at t = 0. Default 0.01. */
  readonly sigmaMin?: number;
  /** Noise level at t = 1; about the largest distance between two data points. Default 50. */
  readonly sigmaMax?: number;
}

/**
 * Variance-exploding SDE: alpha = 1, sigma(t) = sigmaMin (sigmaMax / sigmaMin)^t, f = 0 and
 * g(t) = sigma(t) sqrt(2 log(sigmaMax / sigmaMin)).
 *
 * The law at t = 0 is the data blurred by sigmaMin.
 * @throws ConfigError unless 0 < sigmaMin < sigmaMax and 0 < tMin <= tEnd < 1.
 * @see Song et al. 2021, eq. 9 and appendix C
 * @example
 * ```ts
 * import { ve } from 'scorefield';
 *
 * const sde = ve({ sigmaMax: 20 });
 * console.log(sde.sigma(0.5), sde.g(0.5));
 * ```
 */
export function ve({ sigmaMin = 0.01, sigmaMax = 50, tMin = 1e-5, tEnd = tMin }: VeOptions = {}): Sde {
  checkOptions(
    positive('sigmaMin', sigmaMin),
    above('sigmaMax', sigmaMax, ['sigmaMin', sigmaMin]),
    ...timeRules({ tMin, tEnd, tMax: 1 }),
  );
  const ratio = sigmaMax / sigmaMin;
  const sigma = (t: number): number => sigmaMin * ratio ** t;
  const growth = Math.sqrt(2 * Math.log(ratio));
  return Object.freeze({
    kind: 've',
    tMin,
    tEnd,
    tMax: 1,
    priorStd: sigmaMax,
    alpha: () => 1,
    sigma,
    f: () => 0,
    g: (t: number) => growth * sigma(t),
  });
}
