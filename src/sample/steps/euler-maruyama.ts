/** @file The Euler-Maruyama predictor. */
import { combine } from '../../base/arith.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import { addNoise } from '../noise.ts';

/**
 * One Euler-Maruyama step of the reverse SDE over dt = from - to: mean = x - (f x - g^2 s) dt, noise g sqrt(dt), with
 * f, g and s at `from`.
 * @see Song et al. 2021, eq. 6
 */
export function eulerMaruyama(): SamplerStepOf {
  return (sde, score) => async (keys, x, from, to) => {
    const dt = from - to;
    const g = sde.g(from);
    const mean = combine([1 - sde.f(from) * dt, x], [g * g * dt, await score(x, from)]);
    return addNoise(keys, mean, g * Math.sqrt(dt));
  };
}
