/** @file Pseudoinverse-guided diffusion models: the likelihood of y given x_t under an isotropic law of x_0 given x_t. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { atLeast, checkOptions, positive } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import { timesOf } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { denoisedVjp, scoreAndDenoised, type At } from './denoised.ts';
import { linearOperatorOf, measured } from '../measurement.ts';
import { normalInverse, weightedInverse } from '../operator/solve.ts';
import { decodedLikelihood, measuredNear } from '../decoder.ts';
import { scoreVjpOf, type Guidance, type InverseProblem } from '../problem.ts';

/** Options of `pigdm`. */
export interface PigdmOptions {
  /** Standard deviation that the data are taken to have, in the units of x. Default 1. */
  readonly dataStd?: number;
  /** Factor of the likelihood term; 0 is the prior. Default 1. */
  readonly weight?: number;
}

/**
 * The score plus that of y given x_t with x_0 given x_t ~ N(D, r^2 I): s + (dD/dx)^T A^T (r^2 A A^T + sigma_y^2)^-1
 * (y - A D), with r^2 = c^2 sigma^2 / (alpha^2 c^2 + sigma^2) for data of standard deviation c. Exact for the prior
 * N(m, c^2 I). D is differentiated, r is not.
 *
 * The paper adds the likelihood term to a DDIM step with a factor of its own; as a score it serves every sampler. Noise whose
 * variance depends on A x_0 has that of A D, as the mean and the covariance of y given x_t ask for where it is affine. Of latents A is A J, with the
 * derivative J of the decoder at D, and the noise has that of the decoder in it: exact for a linear decoder.
 * @throws ConfigError unless dataStd is positive and weight at least 0; later, if the operator is not linear or there is
 * no derivative of the score.
 * @see Song, Vahdat, Mardani and Kautz 2023, "Pseudoinverse-guided diffusion models for inverse problems", eq. 7 and 8
 */
export function pigdm({ dataStd = 1, weight = 1 }: PigdmOptions = {}): Guidance {
  checkOptions(positive('dataStd', dataStd), atLeast('weight', weight, ['the constant', 0]));
  return (problem) => {
    if (weight === 0) return problem.score;
    const likelihood = isotropicLikelihood(problem, { method: 'pigdm', dataStd });
    return async (x, t, rows) => {
      const { score, gradient } = await likelihood({ x, t, rows });
      return combine([1, score], [weight, gradient]);
    };
  };
}

/** log N(y; A D(x), r^2 A A^T + sigma_y^2) up to a constant, with its gradient and the score that both are made of. */
export interface IsotropicLikelihood {
  readonly score: Tensor;
  readonly gradient: Tensor;
  readonly logLikelihood: Float64Array;
}

/** The likelihood of y given x_t under an isotropic law of x_0 given x_t, for a problem; `method` names it in errors. */
export function isotropicLikelihood(
  problem: InverseProblem,
  { method, dataStd }: { readonly method: string; readonly dataStd: number },
): (at: At) => Promise<IsotropicLikelihood> {
  const { sde, measurement, decoder } = problem;
  const operator = linearOperatorOf(measurement, method);
  const scoreVjp = scoreVjpOf(problem, method);
  return async (at) => {
    const { score, denoised } = await scoreAndDenoised(problem, at);
    const near = await measuredNear(problem, denoised, method);
    const { clean } = near;
    const misfit = combine([1, measured(measurement, at.x, at.rows)], [-1, clean]);
    const variances = timesOf(at.t, at.x).map((u) => isotropicVariance(sde, u, dataStd));
    if (decoder !== undefined) {
      const known = { near, misfit, variances, method };
      const { gradient, logLikelihood } = await decodedLikelihood({ measurement, decoder }, known);
      return { score, gradient: await denoisedVjp({ sde, scoreVjp }, at, gradient), logLikelihood };
    }
    // (r^2 A A^T + sigma_y^2)^-1 (y - A D)
    const pull =
      measurement.noise === undefined
        ? combine([
            variances.map((v) => 1 / v),
            normalInverse(
              operator,
              misfit,
              variances.map((v) => measurement.noiseStd ** 2 / v),
            ),
          ])
        : weightedInverse(operator, misfit, variances, measurement.noise.variance(clean));
    return {
      score,
      gradient: await denoisedVjp({ sde, scoreVjp }, at, operator.adjoint(pull)),
      logLikelihood: dotPerSample(misfit, pull).map((square) => -0.5 * square),
    };
  };
}

/** r^2, the variance of x_0 given x_t for data N(m, dataStd^2 I). */
export function isotropicVariance(sde: Sde, t: number, dataStd: number): number {
  const [signal, noise] = [(sde.alpha(t) * dataStd) ** 2, sde.sigma(t) ** 2];
  return (dataStd ** 2 * noise) / (signal + noise);
}
