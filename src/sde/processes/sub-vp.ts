/** @file The sub-variance-preserving SDE. */
import { checkOptions } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { timeRules } from '../time/times.ts';
import { linearRate, type VpOptions } from './vp.ts';

/**
 * Sub-VP SDE: the drift of the VP SDE with less noise; with B(t) the integral of beta, alpha = exp(-B / 2),
 * sigma = 1 - exp(-B), f = -beta / 2 and g = sqrt(beta (1 - exp(-2 B))).
 *
 * Sigma is of the order of t near zero, so that the score is far steeper there than that of the VP SDE.
 * @throws ConfigError unless 0 < betaMin <= betaMax and 0 < tMin <= tEnd < 1.
 * @see Song et al. 2021, eq. 12 and appendix C
 */
export function subVp(options: VpOptions = {}): Sde {
  const { betaMin = 0.1, betaMax = 20, tMin = 1e-5, tEnd = Math.max(tMin, 1e-3) } = options;
  const { beta, integral } = linearRate({ betaMin, betaMax });
  checkOptions(...timeRules({ tMin, tEnd, tMax: 1 }));
  return Object.freeze({
    kind: 'sub-vp',
    tMin,
    tEnd,
    tMax: 1,
    priorStd: 1,
    alpha: (t: number) => Math.exp(-0.5 * integral(t)),
    sigma: (t: number) => -Math.expm1(-integral(t)),
    f: (t: number) => -0.5 * beta(t),
    g: (t: number) => Math.sqrt(-beta(t) * Math.expm1(-2 * integral(t))),
  });
}
