/** @file The variance-preserving SDE of the cosine schedule. */
import { checkOptions, positive } from '../../base/check.ts';
import type { Sde } from '../sde.ts';
import { beforeOne, timeRules, type TimeOptions } from '../time/times.ts';

/** Options of `cosineVp`. */
export interface CosineVpOptions extends TimeOptions {
  /** Keeps the noise rate at t = 0 above zero. Default 0.008. */
  readonly offset?: number;
  /** Time of pure noise, below 1, where alpha is zero and f infinite. Default 0.9946. */
  readonly tMax?: number;
}

/**
 * Cosine VP SDE: with the angle a(t) = (t + offset) / (1 + offset) pi / 2, alpha = cos(a(t)) / cos(a(0)),
 * sigma = sqrt(1 - alpha^2), f = -a' tan(a) and g = sqrt(2 a' tan(a)).
 * @throws ConfigError unless offset > 0 and 0 < tMin <= tEnd < tMax < 1.
 * @see Nichol and Dhariwal 2021, eq. 17; Lu et al. 2022, "DPM-Solver", for tMax = 0.9946
 */
export function cosineVp(options: CosineVpOptions = {}): Sde {
  const { offset = 0.008, tMin = 1e-5, tEnd = Math.max(tMin, 1e-3), tMax = 0.9946 } = options;
  checkOptions(positive('offset', offset), ...timeRules({ tMin, tEnd, tMax }), beforeOne('tMax', tMax));
  const speed = Math.PI / 2 / (1 + offset);
  const start = speed * offset;
  const angle = (t: number): number => start + speed * t;
  const sigma = (t: number): number =>
    // cos(a(0))^2 - cos(a)^2 = sin(a - a(0)) sin(a + a(0)), which keeps its digits at small t.
    Math.sqrt(Math.sin(speed * t) * Math.sin(angle(t) + start)) / Math.cos(start);
  return Object.freeze({
    kind: 'cosine-vp',
    tMin,
    tEnd,
    tMax,
    priorStd: 1,
    alpha: (t: number) => Math.cos(angle(t)) / Math.cos(start),
    sigma,
    f: (t: number) => -speed * Math.tan(angle(t)),
    g: (t: number) => Math.sqrt(2 * speed * Math.tan(angle(t))),
  });
}
