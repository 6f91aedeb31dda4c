/** @file The ancestral predictor of DDPM and SMLD, for every affine SDE. */
import { combine, map } from '../../base/arith.ts';
import { normalBatch } from '../../base/random.ts';
import { transition } from '../../sde/transition.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import { addNoise } from '../noise.ts';

/** Options of `ancestral`. */
export interface AncestralOptions {
  /**
   * Variance of the noise: 'posterior' is that of x_to given x_from and the data, exact for data at one point;
   * 'forward' is that of x_from given x_to, exact for data that is already noise. By default it is the one that the
   * model was trained with, if the request has one, and else the posterior's.
   */
  readonly variance?: 'posterior' | 'forward';
}

/**
 * The mean of x_to given x_from where the score is right: mean = (x + v s) / a, with a = alpha(from) / alpha(to) and
 * v = sigma(from)^2 - a^2 sigma(to)^2. The noise has the variance r v with log r = (1 - place) log(sigma(to)^2 /
 * sigma(from)^2), whose place is 0 for the posterior's, 1 for the forward one, and may be learned.
 * @see Ho et al. 2020, eq. 7 and 11; Song et al. 2021, appendix F; Nichol and Dhariwal 2021, eq. 15
 */
export function ancestral({ variance: choice }: AncestralOptions = {}): SamplerStepOf {
  return (sde, score, reverseVariance = 0) => {
    const place = choice === undefined ? reverseVariance : choice === 'posterior' ? 0 : 1;
    return async (keys, x, from, to) => {
      const { factor, variance } = transition(sde, { earlier: to, later: from });
      const mean = combine([1 / factor, x], [variance / factor, await score(x, from)]);
      const shrink = sde.sigma(to) / sde.sigma(from);
      if (typeof place === 'number') return addNoise(keys, mean, Math.sqrt(variance) * shrink ** (1 - place));
      const places = await place(x, from);
      const z = normalBatch(keys, mean.shape.slice(1));
      const noise = map(z, (value, j) => value * shrink ** (1 - (places.data[j] ?? 0)));
      return { x: combine([1, mean], [Math.sqrt(variance), noise]), mean };
    };
  };
}
