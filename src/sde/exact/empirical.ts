/** @file The exact score and density of a finite data set: what a network that memorised its data would compute. */
import type { Tensor } from '../../base/tensor.ts';
import { gaussianMixture, type ExactMarginals } from './gaussian-mixture.ts';
import type { Sde } from '../sde.ts';

/**
 * Marginals of an SDE over the data set itself, each point equally likely: p_t is the mean of N(alpha x_k, sigma^2 I).
 * @param points - `[N, …]`
 * @example
 * ```ts
 * import { empirical, tensor, vp } from 'scorefield';
 *
 * const { score } = empirical(vp(), tensor([-1, 0, 1], [3, 1]));
 * console.log((await score(tensor([0.9], [1, 1]), 0.01)).data); // towards the point at 1
 * ```
 */
export function empirical(sde: Sde, points: Tensor): ExactMarginals {
  return gaussianMixture(sde, { means: points, stds: 0 });
}
