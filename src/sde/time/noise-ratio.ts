/** @file The noise-to-signal ratio sigma / alpha, which grows with time, and its inverse. */
import type { Sde } from '../sde.ts';

/** sigma(t) / alpha(t): the noise level of x_t / alpha(t). */
export function noiseRatio(sde: Sde, t: number): number {
  return sde.sigma(t) / sde.alpha(t);
}

/** alpha / sqrt(alpha^2 + sigma^2), the part of the data in a state of unit size: the square root of the alpha-bar of a chain that keeps the variance. */
export function noiseLevel(sde: Sde, t: number): number {
  return sde.alpha(t) / Math.hypot(sde.alpha(t), sde.sigma(t));
}

/** The time of [tMin, tMax] whose noise ratio is nearest to `ratio`, by bisection to the last bit. */
export function timeOfNoiseRatio(sde: Sde, ratio: number): number {
  let low = sde.tMin;
  let high = sde.tMax;
  if (ratio <= noiseRatio(sde, low)) return low;
  if (ratio >= noiseRatio(sde, high)) return high;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (noiseRatio(sde, middle) < ratio) low = middle;
    else high = middle;
  }
}
