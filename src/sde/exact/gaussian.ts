/** @file The exact score and density of Gaussian data. */
import type { Tensor } from '../../base/tensor.ts';
import { gaussianMixture, type ExactMarginals } from './gaussian-mixture.ts';
import type { Sde } from '../sde.ts';

/** A Gaussian over samples of any shape. */
export interface Gaussian {
  /** In the shape of one sample. */
  readonly mean: Tensor;
  /** One for all coordinates, or one each in the shape of the mean; 0 is a point. */
  readonly std: number | Tensor;
}

/**
 * Marginals of an SDE over N(mean, diag(std^2)) data: p_t = N(alpha mean, alpha^2 std^2 + sigma^2), whose score is
 * -(x - alpha mean) / (alpha^2 std^2 + sigma^2).
 * @throws ConfigError if a standard deviation is negative.
 * @throws ShapeError if the shapes of mean and standard deviations differ.
 * @example
 * ```ts
 * import { gaussian, subVp, tensor } from 'scorefield';
 *
 * const { logDensity } = gaussian(subVp(), { mean: tensor([0, 2], [2]), std: 0.5 });
 * console.log(logDensity(tensor([0, 2], [1, 2]), 0.1)); // in nats
 * ```
 */
export function gaussian(sde: Sde, { mean, std }: Gaussian): ExactMarginals {
  return gaussianMixture(sde, { means: asBatch(mean), stds: typeof std === 'number' ? std : asBatch(std) });
}

function asBatch(x: Tensor): Tensor {
  return { shape: [1, ...x.shape], data: x.data };
}
