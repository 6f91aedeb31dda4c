/** @file The exact posterior of a Gaussian field under a linear measurement, by conjugate gradients: for any size. */
import { combine } from '../../base/arith.ts';
import type { Key } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { batchOf, expectShape, takeRows, zeros, type Tensor } from '../../base/tensor.ts';
import { foldAll } from '../../sample/along-grid.ts';
import type { ExactField } from '../../sde/exact/gaussian-field.ts';
import { linearOperatorOf, requireGaussian, type Measurement } from '../measurement.ts';
import { conjugateGradients, type ConjugateOptions } from '../operator/conjugate-gradients.ts';

/** The posterior of a field. */
export interface FieldPosterior {
  /** E[x_0 given y] of each measurement, `[B, ...]`. */
  readonly mean: Tensor;
  /** Independent draws, one for each key, of the one measurement or of each in turn: `[keys.length, ...]`. */
  readonly draw: (keys: readonly Key[]) => Tensor;
}

/**
 * The law of a Gaussian field given y = A x + n: its mean is m + C A^T (A C A^T + sigma_y^2)^-1 (y - A m), and x + C A^T (A C A^T + sigma_y^2)^-1 (y - A x - n) is a draw
 * for a draw x of the field and n of the noise.
 * @param prior - what `gaussianField` has made, of whichever process
 * @param measurement - of one y or several; of masks, blurs and all that is linear
 * @throws ConfigError if the operator is not linear or the noise not Gaussian.
 * @throws ShapeError if the operator is of samples of another shape.
 * @see Journel and Huijbregts 1978, "Mining geostatistics", section VII.A (conditioning by kriging)
 */
export function fieldPosterior(
  prior: Pick<ExactField, 'mean' | 'covariance' | 'draw'>,
  measurement: Measurement,
  options: ConjugateOptions = { tolerance: 1e-10, maxIterations: 2000 },
): FieldPosterior {
  requireGaussian(measurement, 'fieldPosterior');
  const operator = linearOperatorOf(measurement, 'fieldPosterior');
  expectShape(prior.mean, operator.shapeIn, 'prior');
  const { noiseStd, y } = measurement;
  const evidence = (u: Tensor): Tensor =>
    combine([1, operator.apply(prior.covariance(operator.adjoint(u)))], [noiseStd ** 2, u]);
  const correction = (misfit: Tensor): Tensor =>
    prior.covariance(operator.adjoint(conjugateGradients(evidence, misfit, options).x));
  const means = (count: number): Tensor => {
    const out = zeros([count, ...prior.mean.shape]);
    for (let i = 0; i < count; i++) out.data.set(prior.mean.data, i * prior.mean.data.length);
    return out;
  };
  const start = means(batchOf(y));
  return {
    mean: combine([1, start], [1, correction(combine([1, y], [-1, operator.apply(start)]))]),
    draw: (keys) => {
      const x = prior.draw(foldAll(keys, 'field'));
      const noise = normalBatch(foldAll(keys, 'noise'), operator.shapeOut);
      const rows = keys.map((_, i) => i % batchOf(y));
      const misfit = combine([1, takeRows(y, rows)], [-1, operator.apply(x)], [-noiseStd, noise]);
      return combine([1, x], [1, correction(misfit)]);
    },
  };
}
