/**
 * @file Averages of parameters with power-law profiles.
 * @see Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models", section 3 and appendix C
 */
import { checkOptions } from '../base/check.ts';

/** The width of the profile of gamma = 0, the mean over all steps; no profile that ends with the last step is wider. */
export const widest = Math.sqrt(1 / 12);

/**
 * The exponent gamma of a profile p(t) = (gamma + 1) t^gamma / T^(gamma + 1) on [0, T] whose standard deviation is a part of T: the largest
 * root of width^2 = (gamma + 1) / ((gamma + 2)^2 (gamma + 3)), which is a cubic equation.
 * @param width - of 0 to below 0.2887
 * @throws ConfigError if there is no profile of this width.
 * @see Karras et al. 2024, eq. 16 and algorithm 2
 */
export function gammaOf(width: number): number {
  const message = `expected a number above 0 and below ${widest.toFixed(4)}, got ${width}`;
  checkOptions([width > 0 && width < widest, 'ema', message]);
  const inverse = 1 / (width * width);
  // Newton's method falls to the largest root from above it, where the cubic is convex.
  let gamma = 1 / width;
  for (let i = 0; i < 100; i++) {
    const value = ((gamma + 7) * gamma + 16 - inverse) * gamma + 12 - inverse;
    const next = gamma - value / ((3 * gamma + 14) * gamma + 16 - inverse);
    if (!(next < gamma) && i > 0) break;
    gamma = next;
  }
  return gamma;
}

/**
 * The weight of the average so far in that after step t: beta = (1 - 1 / t)^(gamma + 1), so that the average of parameters which each stay for a
 * step is exactly that with the profile.
 * @param t - counted from 1
 * @see Karras et al. 2024, eq. 127
 */
export function profileDecay(gamma: number, t: number): number {
  return (1 - 1 / t) ** (gamma + 1);
}

/** Steps between the first stored averages. */
const firstSpacing = 10;
/** Stored averages at most; from half as many on there are at least half as many. */
const mostStored = 16;

/** Steps between the averages that are stored of so many steps: 10 times a power of two, so that there are at most 16. */
export function storedSpacing(step: number): number {
  let spacing = firstSpacing;
  while (step / spacing > mostStored) spacing *= 2;
  return spacing;
}
