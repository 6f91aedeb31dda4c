/** @file DiffPIR: a proximal step of the measurement on every denoised estimate. */
import { combine } from '../../base/arith.ts';
import { checkOptions, positive } from '../../base/check.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import { timesOf } from '../../sde/score-fn.ts';
import { scoreAndDenoised, scoreOfDenoised } from '../guidance/denoised.ts';
import { linearOperatorOf, measured } from '../measurement.ts';
import { normalInverse, weightedInverse } from '../operator/solve.ts';
import type { Guidance } from '../problem.ts';

/** Options of `diffpir`. */
export interface DiffpirOptions {
  /** lambda: the weight of the prior; the larger, the less is y trusted. Default 1. */
  readonly priorWeight?: number;
}

/**
 * The score whose denoised estimate is the z that minimizes |y - A z|^2 + rho |z - D|^2 with rho = lambda sigma_y^2
 * alpha^2 / sigma^2: z = D + A^T (A A^T + rho)^-1 (y - A D). Published with steps whose noise is new by a share zeta in
 * variance, which are those of `consistentAnnealed` with freshness sqrt(zeta).
 *
 * With lambda = 1 it is exact for a flat prior. Counts have the variance of A D in the place of sigma_y^2: one step of Newton's
 * method, from D, towards the minimum of their own misfit.
 * @throws ConfigError unless priorWeight is positive; later, if the operator is not linear.
 * @see Zhu et al. 2023, "Denoising diffusion models for plug-and-play image restoration", eq. 13 and algorithm 1
 */
export function diffpir({ priorWeight = 1 }: DiffpirOptions = {}): Guidance {
  checkOptions(positive('priorWeight', priorWeight));
  return ({ sde, score, measurement }) => {
    const operator = linearOperatorOf(measurement, 'diffpir');
    return async (x, t, rows) => {
      const { denoised } = await scoreAndDenoised({ sde, score }, { x, t, rows });
      const clean = operator.apply(denoised);
      const misfit = combine([1, measured(measurement, x, rows)], [-1, clean]);
      const perVariance = timesOf(t, x).map((u) => priorWeight / noiseRatio(sde, u) ** 2);
      const { noise, noiseStd } = measurement;
      const lambda = perVariance.map((value) => value * noiseStd ** 2);
      const solved =
        noise === undefined
          ? normalInverse(operator, misfit, lambda)
          : weightedInverse(operator, misfit, 1, combine([perVariance, noise.variance(clean)]));
      const step = operator.adjoint(solved);
      return scoreOfDenoised(sde, { x, t }, combine([1, denoised], [1, step]));
    };
  };
}
