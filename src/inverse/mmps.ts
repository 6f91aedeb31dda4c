/** @file Moment matching posterior sampling: the likelihood of y given x_t under the covariance that the score has. */
import { combine } from '../base/arith.ts';
import { atLeast, checkOptions, positiveInteger } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';
import { timesOf } from '../sde/score-fn.ts';
import { denoisedVjp, scoreAndDenoised } from './denoised.ts';
import { linearOperatorOf, measured } from './measurement.ts';
import { conjugateStart, conjugateStep } from './operator/conjugate-gradients.ts';
import { scoreVjpOf, type Guidance } from './problem.ts';

/** Options of `mmps`. */
export interface MmpsOptions {
  /** Iterations of conjugate gradients, each with one derivative of the score; one more follows them. */
  readonly iterations?: number;
  /** Factor of the likelihood term; 0 is the prior. */
  readonly weight?: number;
}

/**
 * The score plus that of y given x_t with x_0 given x_t ~ N(D, S) of covariance S = sigma^2 / alpha dD/dx, by Tweedie's
 * second-order formula: s + (dD/dx)^T A^T (sigma_y^2 + A S A^T)^-1 (y - A D). S is not differentiated. Exact for Gaussian
 * priors if the iterations are as many as the distinct eigenvalues of A S A^T.
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
    const { sde, measurement } = problem;
    const operator = linearOperatorOf(measurement, 'mmps');
    const scoreVjp = scoreVjpOf(problem, 'mmps');
    const noise = measurement.noiseStd ** 2;

    return async (x, t, rows) => {
      const at = { x, t, rows };
      const { score, denoised } = await scoreAndDenoised(problem, at);
      const pull = (q: Tensor): Promise<Tensor> => denoisedVjp({ sde, scoreVjp }, at, operator.adjoint(q));
      const spread = timesOf(t, x).map((u) => sde.sigma(u) ** 2 / sde.alpha(u));
      let state = conjugateStart(combine([1, measured(measurement, x, rows)], [-1, operator.apply(denoised)]));
      for (let k = 0; k < iterations; k++) {
        const { direction } = state;
        const image = operator.apply(await pull(direction));
        state = conjugateStep(state, combine([noise, direction], [spread, image]));
      }
      return combine([1, score], [weight, await pull(state.x)]);
    };
  };
}
