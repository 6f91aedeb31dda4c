/** @file Noise levels and step sizes of annealed Langevin dynamics that fit the data's dimension. */
import { above, checkOptions, positive, positiveInteger } from '../../base/check.ts';

/**
 * The largest ratio of neighboring noise levels whose shells still overlap by half. The radius of N(0, sigma^2 I) in D
 * dimensions is about N(sqrt(D) sigma, sigma^2 / 2), so that a sample of the higher level lies within three standard
 * deviations of the lower one's radius with the probability Phi(s (gamma - 1) + 3 gamma) - Phi(s (gamma - 1) - 3 gamma),
 * s = sqrt(2 D). It is 1/2 where s (gamma - 1) = 3 gamma: gamma = s / (s - 3), up to 1 - Phi(6 gamma) < 1e-9.
 * @param dimension - of a sample; for 4 or less shells of any ratio overlap
 * @returns the ratio, above 1; Infinity for 4 dimensions or less
 * @throws ConfigError unless the dimension is a positive integer.
 * @see Song and Ermon 2020, "Improved techniques for training score-based generative models", technique 2
 */
export function levelRatio(dimension: number): number {
  checkOptions(positiveInteger('dimension', dimension));
  const s = Math.sqrt(2 * dimension);
  return s > 3 ? s / (s - 3) : Infinity;
}

/** A geometric sequence of noise levels. */
export interface LevelRange {
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** Largest ratio of neighboring levels; Infinity for no limit. */
  readonly ratio: number;
}

/**
 * The least number of levels from sigmaMin to sigmaMax whose ratio is at most `ratio`, two or more.
 * @throws ConfigError unless 0 < sigmaMin < sigmaMax and ratio > 1.
 */
export function levelCount({ sigmaMin, sigmaMax, ratio }: LevelRange): number {
  checkOptions(positive('sigmaMin', sigmaMin), above('sigmaMax', sigmaMax, ['sigmaMin', sigmaMin]), [
    ratio > 1,
    'ratio',
    `expected a number above 1, got ${ratio}`,
  ]);
  // A sequence of exactly this ratio is not cut finer by rounding.
  return 1 + Math.max(1, Math.ceil(Math.log(sigmaMax / sigmaMin) / Math.log(ratio) - 1e-9));
}

/** A step size of annealed Langevin dynamics, and how well it works. */
export interface LangevinStep {
  /** Step size relative to sigma^2, epsilon / sigma_L^2 of the paper: `stepSize` of `annealedLangevin`. */
  readonly stepSize: number;
  /** Variance that the noise of a level has after its steps, relative to sigma^2: at best little above 1. */
  readonly variance: number;
}

/**
 * The step size that brings noise of variance (ratio sigma)^2 closest to sigma^2 in `steps` Langevin steps at one point:
 * with a = epsilon / sigma_L^2 and c = 1 / (1 - a / 2), the least (1 - a)^(2 steps) (ratio^2 - c) + c.
 * @param options - `ratio` of two neighboring levels; `steps`: Langevin steps at each level, T of the paper
 * @throws ConfigError unless ratio > 1 is finite and steps is a positive integer.
 * @see Song and Ermon 2020, technique 4
 */
export function langevinStep({ ratio, steps }: { readonly ratio: number; readonly steps: number }): LangevinStep {
  checkOptions(above('ratio', ratio, ['the constant', 1]), positiveInteger('steps', steps));
  const variance = (a: number): number => {
    const c = 1 / (1 - a / 2);
    return (1 - a) ** (2 * steps) * (ratio ** 2 - c) + c;
  };
  // Golden section: the variance falls to one minimum and rises from there.
  const shrink = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, 1];
  while (high - low > 1e-9) {
    const [left, right] = [high - shrink * (high - low), low + shrink * (high - low)];
    if (variance(left) < variance(right)) high = right;
    else low = left;
  }
  const stepSize = (low + high) / 2;
  return { stepSize, variance: variance(stepSize) };
}
