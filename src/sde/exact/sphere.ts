/** @file The exact score of points on a sphere, each by itself. */
import { checkOptions, positive } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import { batchOf, sampleSize, type Tensor } from '../../base/tensor.ts';
import { timesOf, type ScoreFn } from '../score-fn.ts';
import type { Sde } from '../sde.ts';

/** L(k) = coth k - 1 / k, by its series where k is small. */
function langevinFunction(k: number): number {
  if (k < 1e-2) return k / 3 - k ** 3 / 45;
  return (k > 20 ? 1 : 1 / Math.tanh(k)) - 1 / k;
}

/** The score, and the mean of x_0 given x_t. */
export interface SphereMarginals {
  readonly score: ScoreFn;
  /** `[B, ..., 3]` to the same: E[x_0 | x_t]. */
  readonly denoised: (x: Tensor, t: number | readonly number[]) => Tensor;
}

/**
 * Marginals of an SDE over points that are uniform on the sphere of a radius R around the origin of space: samples `[3]`, or clouds `[N, 3]` of independent
 * points. With k = alpha R r / sigma^2 and r = |x|, E[x_0 | x_t] = R (coth k - 1 / k) x / r and the score is (alpha E[x_0 | x_t] - x) / sigma^2, as the density of x_t is proportional to
 * exp(-(r^2 + alpha^2 R^2) / (2 sigma^2)) sinh(k) / k.
 * @throws ConfigError unless the radius is positive.
 * @throws ShapeError from the functions unless samples are points of three numbers.
 */
export function sphere(sde: Sde, { radius = 1 }: { readonly radius?: number } = {}): SphereMarginals {
  checkOptions(positive('radius', radius));
  const denoised: SphereMarginals['denoised'] = (x, t) => {
    if (x.shape.at(-1) !== 3) throw new ShapeError(`sphere: expected points [..., 3], got [${x.shape}]`);
    const times = timesOf(t, x);
    const size = sampleSize(x);
    const data = new Float64Array(x.data.length);
    for (let i = 0; i < batchOf(x); i++) {
      const strength = (sde.alpha(times[i]!) * radius) / sde.sigma(times[i]!) ** 2;
      for (let at = i * size; at < (i + 1) * size; at += 3) {
        const r = Math.hypot(x.data[at]!, x.data[at + 1]!, x.data[at + 2]!);
        const factor = r === 0 ? 0 : (radius * langevinFunction(strength * r)) / r;
        for (let j = 0; j < 3; j++) data[at + j] = factor * x.data[at + j]!;
      }
    }
    return { shape: x.shape, data };
  };
  const score: ScoreFn = (x, t) => {
    const times = timesOf(t, x);
    const size = sampleSize(x);
    const mean = denoised(x, t);
    const data = mean.data.map((value, j) => {
      const time = times[Math.floor(j / size)]!;
      return (sde.alpha(time) * value - x.data[j]!) / sde.sigma(time) ** 2;
    });
    return Promise.resolve({ shape: x.shape, data });
  };
  return { score, denoised };
}
