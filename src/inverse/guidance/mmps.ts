/** @file Moment matching posterior sampling: the likelihood of y given x_t under the covariance that the score has. */
import { combine, map, scale } from '../../base/arith.ts';
import { atLeast, checkOptions, positiveInteger } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import { timesOf } from '../../sde/score-fn.ts';
import { denoisedVjp, scoreAndDenoised } from './denoised.ts';
import { linearOperatorOf, measured } from '../measurement.ts';
import { conjugateStart, conjugateStep } from '../operator/conjugate-gradients.ts';
import { measurable, rootsOf } from '../operator/solve.ts';
import { isotropicVariance } from './pigdm.ts';
import { measuredNear } from '../decoder.ts';
import { scoreVjpOf, type Guidance } from '../problem.ts';

/** Options of `mmps`. */
export interface MmpsOptions {
  /** Iterations of conjugate gradients, each with one derivative of the score; one more follows them. Default 3. */
  readonly iterations?: number;
  /** Factor of the likelihood term; 0 is the prior. Default 1. */
  readonly weight?: number;
}

/**
 * The score plus that of y given x_t with x_0 given x_t ~ N(D, S) of covariance S = sigma^2 / alpha dD/dx, by Tweedie's
 * second-order formula: s + (dD/dx)^T A^T (sigma_y^2 + A S A^T)^-1 (y - A D). S is not differentiated. Exact for Gaussian
 * priors if the iterations are as many as the distinct eigenvalues of A S A^T.
 *
 * Noise whose variance depends on A x_0, as that of counts, has the variance of A D: where it is affine, y given x_t has just
 * this mean and covariance.
 *
 * Of latents A is A J, with the derivative J of the decoder at D, and sigma_y^2 has the variance of the decoder times A A^T beside it.
 *
 * Conjugate gradients need S symmetric and not negative, which the Jacobian of a network is nearly: a sample that meets a
 * direction of no curvature keeps what it has.
 * @throws ConfigError unless iterations is a positive integer and weight at least 0; later, if the operator is not linear
 * or there is no derivative of the score.
 * @see Rozet et al. 2024, "Learning diffusion priors from observations by expectation maximization", section 4.2
 */
export function mmps({ iterations = 3, weight = 1 }: MmpsOptions = {}): Guidance {
  checkOptions(positiveInteger('iterations', iterations), atLeast('weight', weight, ['the constant', 0]));
  return (problem) => {
    if (weight === 0) return problem.score;
    const { sde, measurement, decoder } = problem;
    const operator = linearOperatorOf(measurement, 'mmps');
    const scoreVjp = scoreVjpOf(problem, 'mmps');
    const noise = measurement.noiseStd ** 2;
    return async (x, t, rows) => {
      const at = { x, t, rows };
      const { score, denoised } = await scoreAndDenoised(problem, at);
      const near = await measuredNear(problem, denoised, 'mmps');
      const pull = async (q: Tensor): Promise<Tensor> => denoisedVjp({ sde, scoreVjp }, at, await near.adjoint(q));
      const times = timesOf(t, x);
      const spread = times.map((u) => sde.sigma(u) ** 2 / sde.alpha(u));
      const { clean } = near;
      const apart = combine([1, measured(measurement, x, rows)], [-1, clean]);
      const variances = measurement.noise?.variance(clean);
      // Without noise the equations have no solution for what no x can measure.
      const misfit = variances === undefined && noise === 0 ? measurable(operator, apart) : apart;
      // Unequal variances would leave conjugate gradients much to do: they are divided out, with those of data of variance one.
      const spreads = decoder?.variance ?? times.map((u) => isotropicVariance(sde, u, 1));
      const roots = variances && rootsOf(operator, spreads, variances);
      const scaled = (z: Tensor): Tensor => (roots ? map(z, (value, i) => value / (roots.data[i] ?? 1)) : z);
      let state = conjugateStart(scaled(misfit));
      for (let k = 0; k < iterations; k++) {
        const direction = scaled(state.direction);
        const image = await near.apply(await pull(direction));
        const own = variances
          ? map(direction, (value, i) => value * (variances.data[i] ?? 0))
          : scale(noise, direction);
        const coarse = decoder && operator.apply(operator.adjoint(direction));
        const rest = coarse ? combine([1, own], [decoder.variance, coarse]) : own;
        state = conjugateStep(state, scaled(combine([1, rest], [spread, image])));
      }
      return combine([1, score], [weight, await pull(scaled(state.x))]);
    };
  };
}
