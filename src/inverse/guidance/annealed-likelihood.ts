/** @file The likelihood of the noisy state, annealed: guidance without derivatives of the score. */
import { combine, map } from '../../base/arith.ts';
import { atLeast, checkOptions, positive } from '../../base/check.ts';
import { timesOf } from '../../sde/score-fn.ts';
import { measured } from '../measurement.ts';
import type { Guidance } from '../problem.ts';

/** Options of `annealedLikelihood`. */
export interface AnnealedLikelihoodOptions {
  /**
   * gamma: the part of the state's noise that counts as noise of the measurement, as a share of sigma / alpha.
   * Default 1.
   */
  readonly annealing?: number;
  /** Factor of the likelihood term; 0 is the prior. Default 1. */
  readonly weight?: number;
}

/**
 * The score plus that of the measurement at the noisy state, as if x_t / alpha were the data: s + A^T (y - A x / alpha) /
 * (alpha (sigma_y^2 + gamma^2 sigma^2 / alpha^2)). With annealed Langevin dynamics it is the published method, whose
 * gamma_t is its own sequence. The variance of counts is that at A x / alpha in the place of sigma_y^2. Exact for a flat prior if A A^T = I and gamma = 1.
 * @throws ConfigError unless annealing is positive and weight at least 0.
 * @see Jalal et al. 2021, "Robust compressed sensing MRI with deep generative priors", section 3
 */
export function annealedLikelihood({ annealing = 1, weight = 1 }: AnnealedLikelihoodOptions = {}): Guidance {
  checkOptions(positive('annealing', annealing), atLeast('weight', weight, ['the constant', 0]));
  return ({ sde, score, measurement }) => {
    if (weight === 0) return score;
    const { operator, noiseStd, noise } = measurement;
    return async (x, t, rows) => {
      const times = timesOf(t, x);
      const scaled = combine([times.map((u) => 1 / sde.alpha(u)), x]);
      const clean = operator.apply(scaled);
      const misfit = combine([1, measured(measurement, x, rows)], [-1, clean]);
      if (noise !== undefined) {
        const own = noise.variance(clean);
        const level = times.map((u) => (annealing * (sde.sigma(u) / sde.alpha(u))) ** 2);
        const variances = combine([1, own], [level, map(own, () => 1)]);
        const pull = map(misfit, (value, i) => value / (variances.data[i] ?? 1));
        const factor = times.map((u) => weight / sde.alpha(u));
        return combine([1, await score(x, t, rows)], [factor, operator.vjp(scaled, pull)]);
      }
      const gain = times.map((u) => {
        const variance = noiseStd ** 2 + (annealing * (sde.sigma(u) / sde.alpha(u))) ** 2;
        return weight / (sde.alpha(u) * variance);
      });
      return combine([1, await score(x, t, rows)], [gain, operator.vjp(scaled, misfit)]);
    };
  };
}
