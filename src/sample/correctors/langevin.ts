/** @file The Langevin corrector. */
import { addScaledInto, combine, normPerSample } from '../../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { foldIn } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import type { SamplerStepOf } from '../sampler-step.ts';

/** Options of `langevin`. */
export interface LangevinOptions {
  /** Signal-to-noise ratio r of a step, 0.16 by default. */
  readonly snr?: number;
  /** Steps of one correction, each with one evaluation of the score; 1 by default. */
  readonly steps?: number;
  /**
   * 'sigma' (the default): eta = 2 (r sigma(t))^2. 'norm': eta = 2 (r ||z|| / ||s||)^2 of each sample, the published rule, for
   * samples of many values.
   */
  readonly stepSize?: 'norm' | 'sigma';
}

/**
 * Langevin steps x + eta s + sqrt(2 eta) z at one time, which leave p_t unchanged up to the size of eta. Where p_t is N(0, I) of
 * d dimensions, a step by sigma = 1 takes the variance from 1 to 1 + 4 r^4.
 *
 * A step by norms makes eta depend on x and z, which adds variance of its own: one step takes the variance from 1 to
 * 1 + 16 r^2 / (d - 2) + 4 r^4 (d + 2) / (d - 2), without bound for d of 1 or 2, and many small steps take it to ((d + 2) / d)^2,
 * which is 9 for d = 1, 1.06 for d = 64 and 1.005 for d = 784. The added part of a step is less than the 4 r^4 of any Langevin
 * step of this size where d > 2 + 4 / r^2, 158 for r = 0.16: take norms for such samples alone.
 *
 * The published rule takes the norms as means over the batch, which makes a sample depend on its neighbors, and for the
 * VP SDE multiplies eta by 1 - beta_i, which ties it to the number of steps; here the norms are each sample's own, there is
 * no factor, and every SDE is treated alike. Where a score is exactly zero (a network before training) the ratio of
 * norms has no meaning, and sigma(t) stands for it.
 * @throws ConfigError unless snr is positive and steps is a positive integer.
 * @see Song et al. 2021, algorithms 4 and 5
 * @example
 * ```ts
 * import { langevin, predictorCorrector } from 'scorefield';
 * import { reverseDiffusion } from 'scorefield/sample';
 *
 * const sampler = predictorCorrector({ predictor: reverseDiffusion(), corrector: langevin({ snr: 0.16 }), steps: 1000 });
 * console.log(typeof sampler);
 * ```
 */
export function langevin({ snr = 0.16, steps = 1, stepSize = 'sigma' }: LangevinOptions = {}): SamplerStepOf {
  checkOptions(positive('snr', snr), positiveInteger('steps', steps));
  return (sde, score) => async (keys, x, from) => {
    const sigma = sde.sigma(from);
    let moved = { x, mean: x };
    for (let step = 0; step < steps; step++) {
      const s = await score(moved.x, from);
      const z = normalBatch(
        keys.map((key) => foldIn(key, step)),
        x.shape.slice(1),
      );
      const noiseNorms = normPerSample(z);
      const scoreNorms = normPerSample(s);
      const ratio = scoreNorms.map((norm, i) =>
        stepSize === 'sigma' || norm === 0 ? sigma : (noiseNorms[i] ?? 0) / norm,
      );
      const eta = ratio.map((r) => 2 * (snr * r) ** 2);
      const mean = combine([1, moved.x], [eta, s]);
      moved = {
        x: addScaledInto(
          z,
          mean,
          eta.map((e) => Math.sqrt(2 * e)),
        ),
        mean,
      };
    }
    return moved;
  };
}
