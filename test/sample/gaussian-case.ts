/** @file Gaussian data, for which every affine sampler is a recursion of mean and variance. */
import { tensor } from '../../src/base/tensor.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import type { Sde } from '../../src/sde/sde.ts';
import type { Coefficients } from './all.ts';

export const dataMean = 0.3;
export const dataStd = 0.5;

/** Independent N(dataMean, dataStd^2) coordinates. */
export function gaussianScore(sde: Sde, dimension: number): ScoreFn {
  const mean = tensor(
    Array.from({ length: dimension }, () => dataMean),
    [dimension],
  );
  return gaussian(sde, { mean, std: dataStd }).score;
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Moments of p_t. */
export function marginal(sde: Sde, t: number): Moments {
  return { mean: sde.alpha(t) * dataMean, variance: (sde.alpha(t) * dataStd) ** 2 + sde.sigma(t) ** 2 };
}

/** Moments after a step, for the score -(x - mean_t) / variance_t at the time that it leaves. */
export function after(before: Moments, { x, s, noise }: Coefficients, target: Moments): Moments {
  return {
    mean: x * before.mean - (s / target.variance) * (before.mean - target.mean),
    variance: (x - s / target.variance) ** 2 * before.variance + noise ** 2,
  };
}

/** The denoising step as a step. */
export function denoising(sde: Sde, t: number): Coefficients {
  return { x: 1 / sde.alpha(t), s: sde.sigma(t) ** 2 / sde.alpha(t), noise: 0 };
}

/** Mean and variance of numbers. */
export function momentsOf(values: Float64Array): Moments {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return { mean, variance: values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1) };
}
