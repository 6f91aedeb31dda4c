/** @file The reverse diffusion predictor. */
import { combine } from '../../base/arith.ts';
import { transition } from '../../sde/transition.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import { addNoise } from '../noise.ts';

/**
 * The forward step x_from = a x_to + sqrt(v) z, discretized backwards in the same way: mean = (2 - a) x + v s, noise
 * sqrt(v), with a = alpha(from) / alpha(to) and v = sigma(from)^2 - a^2 sigma(to)^2.
 * @see Song et al. 2021, appendix E
 */
export function reverseDiffusion(): SamplerStepOf {
  return (sde, score) => async (keys, x, from, to) => {
    const { factor, variance } = transition(sde, { earlier: to, later: from });
    const mean = combine([2 - factor, x], [variance, await score(x, from)]);
    return addNoise(keys, mean, Math.sqrt(variance));
  };
}
