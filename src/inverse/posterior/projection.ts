/** @file Measurements imposed on the state: replacement of what is known, and projection on what was measured. */
import { combine } from '../../base/arith.ts';
import { atLeast, checkOptions } from '../../base/check.ts';
import type { Key } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import { foldAll } from '../../sample/along-grid.ts';
import { linearOperatorOf, measured, requireGaussian } from '../measurement.ts';
import { pseudoInverse } from '../operator/solve.ts';
import type { Constraint, InverseProblem } from '../problem.ts';

/** Options of `projection` and `fitted`. */
export interface ProjectionOptions {
  /** lambda, a factor from 0 (y is ignored) to 1 (the state has exactly the measurement that it should have). Default 1. */
  readonly weight?: number;
}

/**
 * Replacement, the inpainting and colorization of the paper for every linear operator: after each step to time t, what is
 * measured of x becomes what is measured of the diffused data, x + A+ (y_t - A x) with y_t = alpha y + sigma A z and new
 * noise z; for a mask, the known pixels are replaced.
 *
 * The published code leaves the noise of the step in the unknown part of the mean, and noises the known part for the
 * time from which the step starts; here both belong to the time that it reaches. Noise in y is taken for signal, and even
 * with exact scores and small steps the samples are not those of the posterior.
 * @throws ConfigError if the operator is not linear.
 * @see Song et al. 2021, appendix I.2 and I.3; Trippe et al. 2023, "Diffusion probabilistic modeling of protein backbones
 * in 3D for the motif-scaffolding problem", proposition 2
 */
export function replacement(): Constraint {
  return (problem) => (takeStep) => async (keys, x, from, to) => {
    const reached = await takeStep(keys, x, from, to);
    const noise = noiseOf(keys, x);
    return {
      x: project(problem, { x: reached.x, t: to, noise, weight: 1 }),
      mean: project(problem, { x: reached.mean, t: to, weight: 1 }),
    };
  };
}

/**
 * Projection before each step from time t: x + lambda A+ (y_t - A x) with y_t = alpha y + sigma A z and new noise z. For
 * A = P T with orthonormal T, a selection P of coordinates and 0 <= lambda <= 1 it is the paper's weighted mean of T x
 * and y_t on the measured coordinates.
 * @throws ConfigError unless the weight is in [0, 1]; later, if the operator is not linear.
 * @see Song, Shen, Xing and Ermon 2022, "Solving inverse problems in medical imaging with score-based generative models",
 * section 3.2
 */
export function projection({ weight = 1 }: ProjectionOptions = {}): Constraint {
  checkWeight(weight);
  return (problem) => (takeStep) => {
    if (weight === 0) return takeStep;
    return (keys, x, from, to) =>
      takeStep(keys, project(problem, { x, t: from, noise: noiseOf(keys, x), weight }), from, to);
  };
}

/**
 * Finished samples with what is left of the misfit taken away: x + lambda A+ (y - A x).
 *
 * The paper ends with lambda = 1 whatever its steps had; here it has the lambda of the steps, so that noise in y is heeded
 * no more at the end, and lambda = 0 is the prior.
 * @throws ConfigError if the operator is not linear.
 */
export function fitted({ measurement }: InverseProblem, x: Tensor, { weight = 1 }: ProjectionOptions = {}): Tensor {
  if (weight === 0) return x;
  const operator = linearOperatorOf(measurement, 'projection');
  requireGaussian(measurement, 'projection');
  const misfit = combine([1, measured(measurement, x)], [-1, operator.apply(x)]);
  return combine([1, x], [weight, pseudoInverse(operator, misfit)]);
}

/** @throws ConfigError unless the weight is in [0, 1]. */
function checkWeight(weight: number): void {
  checkOptions(atLeast('weight', weight, ['the constant', 0]), [
    weight <= 1,
    'weight',
    `expected at most 1, got ${weight}`,
  ]);
}

/** Noise of the measurement, apart from that of the step that has the same keys. */
function noiseOf(keys: readonly Key[], x: Tensor): Tensor {
  return normalBatch(foldAll(keys, 'measurement'), x.shape.slice(1));
}

interface Projected {
  readonly x: Tensor;
  readonly t: number;
  readonly noise?: Tensor;
  readonly weight: number;
}

function project({ sde, measurement }: InverseProblem, { x, t, noise, weight }: Projected): Tensor {
  const operator = linearOperatorOf(measurement, 'projection');
  requireGaussian(measurement, 'projection');
  const inner = noise ? combine([sde.sigma(t), noise], [-1, x]) : combine([-1, x]);
  const misfit = combine([sde.alpha(t), measured(measurement, x)], [1, operator.apply(inner)]);
  return combine([1, x], [weight, pseudoInverse(operator, misfit)]);
}
