/** @file Diffusion posterior sampling: a gradient step on the misfit of the denoised estimate. */
import { combine, map, meanOfEach, normPerSample, scale } from '../../base/arith.ts';
import { atLeast, checkOptions } from '../../base/check.ts';
import { sampleSize, type Tensor } from '../../base/tensor.ts';
import { denoisedVjp, scoreAndDenoised } from './denoised.ts';
import { measured, type Measurement } from '../measurement.ts';
import { scoreVjpOf, type Constraint } from '../problem.ts';

/** Options of `dps`. */
export interface DpsOptions {
  /**
   * zeta, in the units of x: how far each step is taken against the gradient of the misfit's norm; 0 is the prior.
   * Default 0.3.
   */
  readonly stepSize?: number;
}

/**
 * After each step from x, another against the gradient of the misfit at x: - zeta grad_x |y - A(D(x))|, with the denoised
 * estimate D, or what is decoded of it. Takes operators that are not linear. The norm is each sample's own, where the published code has one for the
 * whole batch.
 *
 * Counts have the norm of (y - A D) / sqrt(y), as in the paper's section for Poisson noise, y of less than one count taken for one; it is
 * relative to the mean of y, so that zeta means the same.
 *
 * The length of the step does not know the noise of the measurement: what is sampled depends on zeta and on the number
 * of steps.
 * @throws ConfigError unless stepSize is at least 0; later, if there is no derivative of the score.
 * @see Chung et al. 2023, "Diffusion posterior sampling for general noisy inverse problems", algorithm 1
 */
export function dps({ stepSize = 0.3 }: DpsOptions = {}): Constraint {
  checkOptions(atLeast('stepSize', stepSize, ['the constant', 0]));
  return (problem) => {
    if (stepSize === 0) return (takeStep) => takeStep;
    const { sde, measurement, decoder } = problem;
    const scoreVjp = scoreVjpOf(problem, 'dps');
    return (takeStep) => async (keys, x, from, to) => {
      const reached = await takeStep(keys, x, from, to);
      const { denoised } = await scoreAndDenoised(problem, { x, t: from });
      const y = measured(measurement, x);
      const weighted = weighing(measurement, y);
      const made = decoder === undefined ? denoised : await decoder.decode(denoised);
      const misfit = weighted(combine([1, y], [-1, measurement.operator.apply(made)]));
      const unit = scale(
        normPerSample(misfit).map((norm) => (norm === 0 ? 0 : 1 / norm)),
        weighted(misfit),
      );
      const pulled = measurement.operator.vjp(made, unit);
      const pull = decoder === undefined ? pulled : await decoder.vjp(denoised, pulled);
      const against = await denoisedVjp({ sde, scoreVjp }, { x, t: from }, pull);
      const step = scale(stepSize, against);
      return { x: combine([1, reached.x], [1, step]), mean: combine([1, reached.mean], [1, step]) };
    };
  };
}

/** Values over their standard deviations, relative to the root mean square of these: of equal ones nothing. */
function weighing({ noise }: Measurement, y: Tensor): (values: Tensor) => Tensor {
  if (noise === undefined) return (values) => values;
  const variances = noise.varianceOf(y);
  const means = meanOfEach(variances);
  const size = sampleSize(y);
  return (values) => map(values, (v, at) => v * Math.sqrt((means[Math.floor(at / size)] ?? 1) / (variances.data[at] ?? 1))); // prettier-ignore
}
