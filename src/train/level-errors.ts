/** @file How well a network predicts noise by noise level, from the losses of the training steps themselves. */
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import type { Sde } from '../sde/sde.ts';

/** Equal parts of the range of log(sigma / alpha). */
export const levelBins = 16;
/** A mean is over about as many samples of its part of the range. */
const memory = 500;

/** Sums of the errors of samples by noise level, with weights that fall with each further sample of a level. */
export interface LevelErrors {
  /** Sum of the weights; 0 where there was no sample yet. */
  readonly counts: readonly number[];
  /** Sum of the weighted errors ||z - z'||^2 / D, each times `flattening`. */
  readonly sums: readonly number[];
}

/** Sums before the first step. */
export function noErrors(): LevelErrors {
  const zeros = new Array<number>(levelBins).fill(0);
  return { counts: zeros, sums: zeros };
}

/** Errors fall as r^-2 where noise is large; times this they hardly change within a part of the range. */
const flattening = (ratio: number): number => 1 + 4 * ratio * ratio;

/**
 * The sums after a step.
 * @param step.times - of the samples
 * @param step.errors - ||z - z'||^2 / D of each
 */
export function withErrors(
  { counts, sums }: LevelErrors,
  sde: Sde,
  { times, errors }: { readonly times: readonly number[]; readonly errors: ArrayLike<number> },
): LevelErrors {
  const [weights, totals] = [[...counts], [...sums]];
  const place = placeOf(sde);
  times.forEach((t, i) => {
    const ratio = noiseRatio(sde, t);
    const at = place(ratio);
    const kept = 1 - 1 / memory;
    weights[at] = (weights[at] ?? 0) * kept + 1;
    totals[at] = (totals[at] ?? 0) * kept + (errors[i] ?? NaN) * flattening(ratio);
  });
  return { counts: weights, sums: totals };
}

function rangeOf(sde: Sde): readonly [low: number, high: number] {
  return [Math.log(noiseRatio(sde, sde.tMin)), Math.log(noiseRatio(sde, sde.tMax))];
}

function placeOf(sde: Sde): (ratio: number) => number {
  const [low, high] = rangeOf(sde);
  return (ratio) => {
    const part = high > low ? (Math.log(ratio) - low) / (high - low) : 0;
    return Math.min(levelBins - 1, Math.max(0, Math.floor(part * levelBins)));
  };
}

/** How a network stands at the noise levels around one. */
export interface LevelStanding {
  /** sigma / alpha in the middle of the part of the range. */
  readonly noiseRatio: number;
  /** Smoothed E||z - z'||^2 / D, of samples of the training with the parameters as they are, not averaged. */
  readonly error: number;
  /** The same of the best linear score. */
  readonly linear: number;
}

/**
 * Means by noise level, of those that had samples.
 * @param linear - the error of the best linear score at a noise ratio
 */
export function standings(
  { counts, sums }: LevelErrors,
  sde: Sde,
  linear: (ratio: number) => number,
): readonly LevelStanding[] {
  const [low, high] = rangeOf(sde);
  return counts.flatMap((count, k) => {
    if (count === 0) return [];
    const ratio = Math.exp(low + ((k + 0.5) / levelBins) * (high - low));
    return [{ noiseRatio: ratio, error: (sums[k] ?? NaN) / count / flattening(ratio), linear: linear(ratio) }];
  });
}
