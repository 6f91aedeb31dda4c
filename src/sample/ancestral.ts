/** @file The ancestral predictor of DDPM and SMLD, for every affine SDE. */
import { combine } from '../base/arith.ts';
import { transition } from '../sde/transition.ts';
import type { MoveOf } from './move.ts';
import { addNoise } from './noise.ts';

/** Options of `ancestral`. */
export interface AncestralOptions {
  /**
   * Variance of the noise: 'posterior' is that of x_to given x_from and the data, exact for data at one point;
   * 'forward' is that of x_from given x_to, exact for data that is already noise.
   */
  readonly variance?: 'posterior' | 'forward';
}

/**
 * The mean of x_to given x_from where the score is right: mean = (x + v s) / a, noise sqrt(v) sigma(to) / sigma(from)
 * or sqrt(v), with a = alpha(from) / alpha(to) and v = sigma(from)^2 - a^2 sigma(to)^2.
 * @see Ho et al. 2020, eq. 7 and 11; Song et al. 2021, appendix F
 */
export function ancestral({ variance: choice = 'posterior' }: AncestralOptions = {}): MoveOf {
  return (sde, score) => async (keys, x, from, to) => {
    const { factor, variance } = transition(sde, { earlier: to, later: from });
    const mean = combine([1 / factor, x], [variance / factor, await score(x, from)]);
    const shrink = choice === 'posterior' ? sde.sigma(to) / sde.sigma(from) : 1;
    return addNoise(keys, mean, Math.sqrt(variance) * shrink);
  };
}
