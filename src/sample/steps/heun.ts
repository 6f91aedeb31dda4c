/** @file Heun's method with churn, the sampler of EDM, for every affine SDE. */
import { combine } from '../../base/arith.ts';
import { atLeast, checkOptions, positive } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import { addNoise } from '../noise.ts';

/** Options of `heun`; noise levels are those of x / alpha. */
export interface HeunOptions {
  /**
   * Share gamma by which noise raises the noise level before a step: min(S_churn / N, sqrt(2) - 1) in the paper,
   * whose N counts the noise levels above zero. Of a grid of `steps` intervals N is steps + 1; the published last
   * step, from the lowest level to zero, is the denoising at the end of the grid, which adds no noise. Default 0.
   */
  readonly churn?: number;
  /** Noise level S_min below which there is no churn. Default 0. */
  readonly churnMin?: number;
  /** Noise level S_max above which there is no churn. Default no limit. */
  readonly churnMax?: number;
  /** Factor S_noise of the standard deviation of the new noise. Default 1. */
  readonly noiseScale?: number;
}

/**
 * One step of EDM's sampler on y = x / alpha with the noise level r = sigma / alpha: noise takes y from r to (1 +
 * churn) r, then Heun's method follows dy/dr = -sigma s down to the next level. Two evaluations, or one for a step to
 * noise zero, which is Euler's.
 *
 * The raised noise level stays within that of tMax, since a network knows nothing beyond it.
 * @throws ConfigError unless churn and churnMin are at least 0, churnMax at least churnMin and noiseScale positive.
 * @see Karras et al. 2022, algorithm 2 (algorithm 1 without churn)
 */
export function heun(options: HeunOptions = {}): SamplerStepOf {
  const { churn = 0, churnMin = 0, churnMax = Number.MAX_VALUE, noiseScale = 1 } = options;
  checkOptions(
    atLeast('churn', churn, ['the constant', 0]),
    atLeast('churnMin', churnMin, ['the constant', 0]),
    atLeast('churnMax', churnMax, ['churnMin', churnMin]),
    positive('noiseScale', noiseScale),
  );
  return (sde, score) => {
    /** dy/dr at y and a time. */
    const slope = async (y: Tensor, t: number): Promise<Tensor> =>
      combine([-sde.sigma(t), await score(combine([sde.alpha(t), y]), t)]);

    return async (keys, x, from, to) => {
      const [level, next] = [noiseRatio(sde, from), noiseRatio(sde, to)];
      let start = from;
      let y = combine([1 / sde.alpha(from), x]);
      if (churn > 0 && level >= churnMin && level <= churnMax) {
        start = timeOfNoiseRatio(sde, level * (1 + churn));
        const added = Math.max(0, noiseRatio(sde, start) ** 2 - level ** 2);
        ({ x: y } = addNoise(keys, y, noiseScale * Math.sqrt(added)));
      }
      const dr = next - noiseRatio(sde, start);
      const first = await slope(y, start);
      let end = combine([1, y], [dr, first]);
      if (next > 0) end = combine([1, y], [dr / 2, first], [dr / 2, await slope(end, to)]);
      const moved = combine([sde.alpha(to), end]);
      return { x: moved, mean: moved };
    };
  };
}
