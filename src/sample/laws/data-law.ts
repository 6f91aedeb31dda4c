/** @file Rough laws of data that are drawn at once, and the start of sampling that they make at a noise level that hides their faults. */
import { foldIn, type Key } from '../../base/key.ts';
import { batchOf, sampleSize, type Shape, type Tensor } from '../../base/tensor.ts';
import { noised } from '../../sde/forward.ts';
import type { Sde } from '../../sde/sde.ts';
import type { Start } from '../start.ts';

/** A law that stands for that of the data. */
export interface DataLaw {
  readonly kind: string;
  /** Of one sample. */
  readonly shape: Shape;
  /**
   * One draw for each key, `[keys.length, ...shape]`, in the units of the model.
   * @param keys - which nothing else uses; row i depends on `keys[i]` alone
   */
  readonly draw: (keys: readonly Key[]) => Tensor | Promise<Tensor>;
}

/**
 * Sampling that begins with draws of a rough law of the data, noised up to t: x_t = alpha(t) x + sigma(t) z. What the law gets wrong
 * is hidden at large t, so that the steps from tMax to t are saved. The error of the law at t is KL(q(x_t) || p(x_t)), which bounds what is
 * added to the negative log likelihood.
 * @param t - from tEnd to tMax
 * @see Zheng et al. 2023, "Truncated diffusion probabilistic models and diffusion-based adversarial auto-encoders", eq. 4
 */
export function fromLaw(sde: Sde, law: DataLaw, t: number): Start {
  return {
    t,
    draw: async (keys) => {
      const x0 = await law.draw(keys.map((key) => foldIn(key, 'data')));
      return noised(
        sde,
        keys.map((key) => foldIn(key, 'noise')),
        { x0, t },
      );
    },
  };
}

/** Samples with their mean taken off. */
export interface Centered {
  /** In the order of a sample. */
  readonly mean: Float64Array;
  /** `[n, size]` */
  readonly rows: Float64Array;
  readonly n: number;
  readonly size: number;
}

/**
 * The mean of samples, and the samples without it.
 * @param x - `[n, …]`
 */
export function centered(x: Tensor): Centered {
  const [n, size] = [batchOf(x), sampleSize(x)];
  const mean = new Float64Array(size);
  for (let k = 0; k < x.data.length; k++) mean[k % size]! += x.data[k]! / n;
  return { mean, rows: x.data.map((value, k) => value - mean[k % size]!), n, size };
}
