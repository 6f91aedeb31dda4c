/** @file The noise levels between which a guidance scale applies. */
import { checkOptions } from '../../base/check.ts';
import { noiseRatio } from '../time/noise-ratio.ts';
import type { Sde } from '../sde.ts';

/** Noise levels sigma / alpha of an SDE, from low to high, which are both part of it. */
export interface GuidanceInterval {
  readonly sde: Sde;
  readonly low: number;
  readonly high: number;
}

/**
 * The guidance scale at each time: `scale` within the interval, 1 elsewhere; `scale` everywhere without an interval.
 * @throws ConfigError unless the interval's high is above its low.
 * @see Kynkäänniemi et al. 2024, "Applying guidance in a limited interval improves sample and distribution quality in
 * diffusion models", eq. 5
 */
export function scaleWithin(scale: number, interval: GuidanceInterval | undefined): (t: number) => number {
  if (interval === undefined) return () => scale;
  const { sde, low, high } = interval;
  checkOptions([high > low, 'interval', `expected low < high, got ${low} to ${high}`]);
  return (t) => {
    const level = noiseRatio(sde, t);
    return level >= low && level <= high ? scale : 1;
  };
}
