/** @file The straight path from data to noise of rectified flow, as an SDE. */
import { checkOptions } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { beforeOne, timeRules, type TimeOptions } from '../time/times.ts';

/** Options of `rectifiedFlow`. */
export interface RectifiedFlowOptions extends TimeOptions {
  /** Time of pure noise, below 1, where alpha is zero and f infinite. Default 0.995. */
  readonly tMax?: number;
  /** Noise that data would have at t = 0, at least 0 and below 1: the sigma_min of the conditional optimal transport path. Default 0. */
  readonly sigmaMin?: number;
}

/**
 * Rectified flow, x_t = (1 - t) x_0 + t z: alpha = 1 - t, sigma = t, f = -1 / (1 - t) and g = sqrt(2 t / (1 - t)). The
 * published time runs from noise to data; here, as everywhere, it runs from data to noise. With `sigmaMin` it is the conditional optimal
 * transport path, sigma = sigmaMin + (1 - sigmaMin) t and g = sqrt(2 sigma / (1 - t)).
 * @throws ConfigError unless 0 < tMin <= tEnd < tMax < 1 and 0 <= sigmaMin < 1.
 * @see Liu et al. 2022, "Flow straight and fast", eq. 1; Lipman et al. 2023, "Flow matching for generative modeling", eq. 20 to 22
 * @example
 * ```ts
 * import { rectifiedFlow } from 'scorefield';
 *
 * const { alpha, sigma } = rectifiedFlow();
 * console.log(alpha(0.25), sigma(0.25)); // 0.75 and 0.25
 * ```
 */
export function rectifiedFlow(options: RectifiedFlowOptions = {}): Sde {
  const { tMin = 1e-5, tEnd = Math.max(tMin, 1e-3), tMax = 0.995, sigmaMin = 0 } = options;
  const least = `expected a number of at least 0 and below 1, got ${sigmaMin}`;
  checkOptions(...timeRules({ tMin, tEnd, tMax }), beforeOne('tMax', tMax), [
    sigmaMin >= 0 && sigmaMin < 1,
    'sigmaMin',
    least,
  ]);
  const sigma = (t: number): number => sigmaMin + (1 - sigmaMin) * t;
  return Object.freeze({
    kind: 'rectified-flow',
    tMin,
    tEnd,
    tMax,
    priorStd: sigma(tMax),
    alpha: (t: number) => 1 - t,
    sigma,
    f: (t: number) => -1 / (1 - t),
    g: (t: number) => Math.sqrt((2 * sigma(t)) / (1 - t)),
  });
}
