/** @file Consistent annealed sampling. */
import { atLeast, checkOptions } from '../../base/check.ts';
import { renoise } from './ddim.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import { addNoise } from '../noise.ts';

/** Options of `consistentAnnealed`. */
export interface ConsistentAnnealedOptions {
  /**
   * Part beta of the next noise level that is new noise, in standard deviation; 0.23 is that of NCSNv2's step size on
   * CIFAR-10. Default 0.23.
   */
  readonly freshness?: number;
}

/**
 * A Langevin step whose noise is chosen so that the state has exactly the noise of the next level: x + eta sigma^2 s +
 * beta sigma(to) z with beta^2 = 1 - ((1 - eta) sigma(from) / sigma(to))^2, for every affine SDE in x / alpha. Here
 * beta is given, and eta = 1 - sqrt(1 - beta^2) sigma(to) / sigma(from) follows; on the geometric levels of the paper
 * both are constant. Exact for data at one point.
 * @throws ConfigError unless freshness is in [0, 1].
 * @see Jolicoeur-Martineau et al. 2021, "Adversarial score matching and improved sampling for image generation",
 * algorithm 2
 */
export function consistentAnnealed({ freshness = 0.23 }: ConsistentAnnealedOptions = {}): SamplerStepOf {
  checkOptions(atLeast('freshness', freshness, ['the constant', 0]), [
    freshness <= 1,
    'freshness',
    `expected at most 1, got ${freshness}`,
  ]);
  return (sde, score) => async (keys, x, from, to) => {
    const fresh = freshness * sde.sigma(to);
    const mean = renoise(sde, { x, score: await score(x, from), from, to, fresh });
    return addNoise(keys, mean, fresh);
  };
}
