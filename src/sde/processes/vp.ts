/** @file The variance-preserving SDE, and the linear noise rate that it shares with the sub-VP SDE. */
import { atLeast, checkOptions, positive } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { timeRules, type TimeOptions } from '../time/times.ts';

/** Options of `vp` and `subVp`. */
export interface VpOptions extends TimeOptions {
  /** Noise rate (variance per unit of time) at t = 0. Default 0.1. */
  readonly betaMin?: number;
  /** Noise rate (variance per unit of time) at t = 1. Default 20. */
  readonly betaMax?: number;
}

/** The linear noise rate beta(t) = betaMin + t (betaMax - betaMin) and its integral from 0 to t. */
export interface NoiseRate {
  readonly beta: (t: number) => number;
  readonly integral: (t: number) => number;
}

/** @throws ConfigError unless 0 < betaMin <= betaMax. */
export function linearRate({ betaMin, betaMax }: Required<Pick<VpOptions, 'betaMin' | 'betaMax'>>): NoiseRate {
  checkOptions(positive('betaMin', betaMin), atLeast('betaMax', betaMax, ['betaMin', betaMin]));
  return {
    beta: (t) => betaMin + t * (betaMax - betaMin),
    integral: (t) => t * betaMin + 0.5 * t * t * (betaMax - betaMin),
  };
}

/**
 * Variance-preserving SDE, the limit of DDPM: with B(t) the integral of beta, alpha = exp(-B / 2),
 * sigma = sqrt(1 - exp(-B)), f = -beta / 2 and g = sqrt(beta).
 * @throws ConfigError unless 0 < betaMin <= betaMax and 0 < tMin <= tEnd < 1.
 * @see Song et al. 2021, eq. 11 and appendix C
 * @example
 * ```ts
 * import { vp } from 'scorefield';
 *
 * const sde = vp({ betaMax: 12 });
 * console.log(sde.alpha(0.5), sde.sigma(0.5));
 * ```
 */
export function vp(options: VpOptions = {}): Sde {
  const { betaMin = 0.1, betaMax = 20, tMin = 1e-5, tEnd = Math.max(tMin, 1e-3) } = options;
  const { beta, integral } = linearRate({ betaMin, betaMax });
  checkOptions(...timeRules({ tMin, tEnd, tMax: 1 }));
  return Object.freeze({
    kind: 'vp',
    tMin,
    tEnd,
    tMax: 1,
    priorStd: 1,
    alpha: (t: number) => Math.exp(-0.5 * integral(t)),
    sigma: (t: number) => Math.sqrt(-Math.expm1(-integral(t))),
    f: (t: number) => -0.5 * beta(t),
    g: (t: number) => Math.sqrt(beta(t)),
  });
}
