/** @file Denoising diffusion implicit models, for every affine SDE. */
import { combine } from '../../base/arith.ts';
import { atLeast, checkOptions } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Sde } from '../../sde/sde.ts';
import { transition } from '../../sde/transition.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import { addNoise } from '../noise.ts';

/** Options of `ddim`. */
export interface DdimOptions {
  /** Noise as a factor from 0 to 1: 0 is none, 1 that of ancestral sampling. Default 0. */
  readonly eta?: number;
}

/**
 * Denoises and adds noise again, of which a part with standard deviation `fresh` is new and the rest is what was there:
 * alpha(to) D + sqrt(sigma(to)^2 - fresh^2) z + fresh z', with D = (x + sigma^2 s) / alpha and z = -sigma s at `from`.
 * This is the mean, without the new noise.
 */
export function renoise(sde: Sde, { x, score, unguided, from, to, fresh }: Renoising): Tensor {
  const [alpha, sigma] = [sde.alpha(from), sde.sigma(from)];
  const kept = Math.sqrt(Math.max(0, sde.sigma(to) ** 2 - fresh ** 2));
  const factor = sde.alpha(to) / alpha;
  if (unguided !== undefined) return combine([factor, x], [factor * sigma ** 2, score], [-sigma * kept, unguided]);
  return combine([factor, x], [sigma * (factor * sigma - kept), score]);
}

/** What `renoise` needs; the score is that of x at `from`. */
export interface Renoising {
  readonly x: Tensor;
  readonly score: Tensor;
  /** The score that z is of, where it is another one. */
  readonly unguided?: Tensor | undefined;
  readonly from: number;
  readonly to: number;
  readonly fresh: number;
}

/**
 * The DDIM step: `renoise` with new noise of standard deviation eta sqrt(v) sigma(to) / sigma(from), where
 * v = sigma(from)^2 - a^2 sigma(to)^2 and a = alpha(from) / alpha(to). Exact for data at one point, whatever eta.
 *
 * Eta 0 is the first-order exponential integrator of the probability flow, in sigma / alpha Euler's method; eta 1 is
 * ancestral sampling with the posterior variance.
 *
 * With a guided score and the `unguided` one of the request it is CFG++: the estimate D is the guided one, s_u + w (s_c - s_u) with w of 0
 * to 1, and the noise that is added again is that of s_u, so that samples stay where the network knows them.
 * @throws ConfigError unless eta is in [0, 1].
 * @see Song, Meng and Ermon 2021, "Denoising diffusion implicit models", eq. 12 and 16; Chung et al. 2025, "CFG++:
 * manifold-constrained classifier free guidance for diffusion models", algorithm 2
 * @example
 * ```ts
 * import { ddim, finish, gaussianMixture, key, predictorCorrector, split, tensor, vp } from 'scorefield';
 *
 * const sde = vp();
 * const { score } = gaussianMixture(sde, { means: tensor([-2, 2], [2, 1]), stds: 0.5 });
 * const sampler = predictorCorrector({ predictor: ddim({ eta: 0 }), steps: 25 });
 * const { x } = await finish(sampler({ sde, score, shape: [1], keys: split(key(0), 100) }));
 * console.log(x.shape);
 * ```
 */
export function ddim({ eta = 0 }: DdimOptions = {}): SamplerStepOf {
  checkOptions(atLeast('eta', eta, ['the constant', 0]), [eta <= 1, 'eta', `expected at most 1, got ${eta}`]);
  return (sde, score, _variance, unguided) => async (keys, x, from, to) => {
    const { variance } = transition(sde, { earlier: to, later: from });
    const fresh = (eta * Math.sqrt(variance) * sde.sigma(to)) / sde.sigma(from);
    const parts = { score: await score(x, from), unguided: await unguided?.(x, from) };
    const mean = renoise(sde, { x, ...parts, from, to, fresh });
    return fresh === 0 ? { x: mean, mean } : addNoise(keys, mean, fresh);
  };
}
