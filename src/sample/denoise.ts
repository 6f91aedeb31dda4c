/** @file The denoising step that ends a sampler. */
import { combine } from '../base/arith.ts';
import type { Tensor } from '../base/tensor.ts';
import { timesOf, type ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';

/**
 * Tweedie's formula, the mean of x_0 given x_t: (x + sigma(t)^2 s(x, t)) / alpha(t).
 * @param x - `[B, …]`
 * @param t - one time, or one per sample
 * @see Efron 2011, "Tweedie's formula and selection bias"
 */
export async function tweedie(sde: Sde, score: ScoreFn, x: Tensor, t: number | readonly number[]): Promise<Tensor> {
  const times = timesOf(t, x);
  const s = await score(x, t);
  return combine([times.map((u) => 1 / sde.alpha(u)), x], [times.map((u) => sde.sigma(u) ** 2 / sde.alpha(u)), s]);
}
