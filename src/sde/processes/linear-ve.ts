/** @file The variance-exploding SDE whose noise level grows evenly. */
import { checkOptions, positive } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { karrasGrid } from '../time/time-grid.ts';
import { timeRules, type TimeOptions } from '../time/times.ts';

/** Options of `linearVe`, in the units of the scaled data. */
export interface LinearVeOptions extends TimeOptions {
  /** Noise level at t = 1; about the largest distance between two data points. Default 50. */
  readonly sigmaMax?: number;
}

/**
 * Linear VE SDE: alpha = 1, sigma(t) = t sigmaMax, f = 0 and g(t) = sigmaMax sqrt(2 t), the process of `edm` in other
 * units of time.
 * @throws ConfigError unless sigmaMax > 0 and 0 < tMin <= tEnd < 1.
 * @see Song et al. 2021, "Maximum likelihood training of score-based diffusion models", code, `VESDE` with `linear`
 */
export function linearVe({ sigmaMax = 50, tMin = 1e-5, tEnd = tMin }: LinearVeOptions = {}): Sde {
  checkOptions(positive('sigmaMax', sigmaMax), ...timeRules({ tMin, tEnd, tMax: 1 }));
  return Object.freeze({
    kind: 'linear-ve',
    tMin,
    tEnd,
    tMax: 1,
    priorStd: sigmaMax,
    alpha: () => 1,
    sigma: (t: number) => t * sigmaMax,
    f: () => 0,
    g: (t: number) => sigmaMax * Math.sqrt(2 * t),
    // Even steps in t would be even steps in sigma, nearly all of them far from the data.
    grid: karrasGrid(),
  });
}
