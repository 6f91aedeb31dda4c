/** @file The law of a later state given an earlier one. */
import type { Sde } from './sde.ts';

/** x_later given x_earlier is N(factor x_earlier, variance I). */
export interface Transition {
  readonly factor: number;
  readonly variance: number;
}

/**
 * Transition of an affine SDE: factor = alpha(later) / alpha(earlier) and
 * variance = sigma(later)^2 - factor^2 sigma(earlier)^2, as a product so that close times lose few digits.
 */
export function transition(sde: Sde, { earlier, later }: Readonly<Record<'earlier' | 'later', number>>): Transition {
  const factor = sde.alpha(later) / sde.alpha(earlier);
  const std = sde.sigma(later);
  const carried = factor * sde.sigma(earlier);
  return { factor, variance: Math.max(0, (std - carried) * (std + carried)) };
}
