/** @file Latents: the prior's end of the probability flow, where each sample has one code and each code one sample. */
import { combine, dotPerSample, normPerSample } from '../base/arith.ts';
import { ShapeError } from '../base/errors.ts';
import { sameShape, type Tensor } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import { carry, type Carried, type FlowOptions } from './flow.ts';

/** A score with its SDE: what the flow between data and latents is made of. */
export interface FlowRequest {
  readonly sde: Sde;
  readonly score: ScoreFn;
}

/**
 * Latents of samples: where the probability flow takes them from tMin to tMax. The latent of a sample is determined by
 * the marginals p_t alone, so that models of one data set give nearly one latent.
 * @param x - `[B, …]`, in the model's range
 * @returns the latents `[B, …]`, on the scale of the prior
 * @see Song et al. 2021, section 4.3
 * @example
 * ```ts
 * import { gaussianMixture, tensor, vp } from 'scorefield';
 * import { decode, encode } from 'scorefield/likelihood';
 *
 * const sde = vp();
 * const { score } = gaussianMixture(sde, { means: tensor([-2, 2], [2, 1]), stds: 0.5 });
 * const { x: latent } = await encode({ sde, score }, tensor([-2, 1], [2, 1]));
 * console.log(latent.data, (await decode({ sde, score }, latent)).x.data);
 * ```
 */
export function encode({ sde, score }: FlowRequest, x: Tensor, options: FlowOptions = {}): Promise<Carried> {
  return carry({ sde, score }, x, { ...options, from: sde.tMin, to: sde.tMax });
}

/**
 * Samples of latents: the inverse of `encode`, up to the error of the solver.
 * @param latent - `[B, …]`
 */
export function decode({ sde, score }: FlowRequest, latent: Tensor, options: FlowOptions = {}): Promise<Carried> {
  return carry({ sde, score }, latent, { ...options, from: sde.tMax, to: sde.tMin });
}

/**
 * Spherical interpolation of each pair of samples of two batches: with the angle omega between a and b,
 * (sin((1 - part) omega) a + sin(part omega) b) / sin(omega), and on a straight line where they point along one.
 * Latents of many dimensions lie near a sphere, which a straight line between two of them leaves.
 * @param part - 0 gives a, 1 gives b
 * @throws ShapeError if the shapes differ.
 * @see Shoemake 1985, "Animating rotation with quaternion curves"
 */
export function slerp(a: Tensor, b: Tensor, part: number): Tensor {
  if (!sameShape(a.shape, b.shape)) throw new ShapeError(`slerp: expected shape [${a.shape}], got [${b.shape}]`);
  const [normA, normB] = [normPerSample(a), normPerSample(b)];
  const weights = Array.from(dotPerSample(a, b), (dot, i): readonly [number, number] => {
    const omega = Math.acos(Math.min(1, Math.max(-1, dot / ((normA[i] ?? 0) * (normB[i] ?? 0)))));
    const sine = Math.sin(omega);
    // Also where a norm is zero and omega not a number.
    if (!(sine > 1e-6)) return [1 - part, part];
    return [Math.sin((1 - part) * omega) / sine, Math.sin(part * omega) / sine];
  });
  return combine([weights.map(([ofA]) => ofA), a], [weights.map(([, ofB]) => ofB), b]);
}
