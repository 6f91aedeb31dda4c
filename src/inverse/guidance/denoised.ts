/** @file The denoised estimate D(x, t) = E[x_0 | x_t] and its derivative, by Tweedie's formula from the score. */
import { combine } from '../../base/arith.ts';
import type { Tensor } from '../../base/tensor.ts';
import { timesOf, type ScoreFn, type ScoreVjpFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';

/** Where a score is asked for. */
export interface At {
  /** `[B, …]` */
  readonly x: Tensor;
  /** One time, or one per sample. */
  readonly t: number | readonly number[];
  /** Which sample each row is; all in order by default. */
  readonly rows?: readonly number[] | undefined;
}

/** D = (x + sigma^2 s) / alpha, from a score that is known. */
export function denoisedOf(sde: Sde, { x, t }: At, score: Tensor): Tensor {
  const times = timesOf(t, x);
  return combine([times.map((u) => 1 / sde.alpha(u)), x], [times.map((u) => sde.sigma(u) ** 2 / sde.alpha(u)), score]);
}

/** The score that has a given denoised estimate: (alpha D - x) / sigma^2. */
export function scoreOfDenoised(sde: Sde, { x, t }: At, denoised: Tensor): Tensor {
  const times = timesOf(t, x);
  return combine(
    [times.map((u) => sde.alpha(u) / sde.sigma(u) ** 2), denoised],
    [times.map((u) => -1 / sde.sigma(u) ** 2), x],
  );
}

/** The score and D at one place. */
export async function scoreAndDenoised(
  { sde, score }: { readonly sde: Sde; readonly score: ScoreFn },
  at: At,
): Promise<{ readonly score: Tensor; readonly denoised: Tensor }> {
  const s = await score(at.x, at.t, at.rows);
  return { score: s, denoised: denoisedOf(sde, at, s) };
}

/**
 * (dD/dx)^T w = (w + sigma^2 (ds/dx)^T w) / alpha. The covariance of x_0 given x_t is sigma^2 / alpha dD/dx.
 * @see Efron 2011, "Tweedie's formula and selection bias"; Meng et al. 2021, "Estimating high order gradients of the data
 * distribution by denoising", theorem 1
 */
export async function denoisedVjp(
  { sde, scoreVjp }: { readonly sde: Sde; readonly scoreVjp: ScoreVjpFn },
  at: At,
  w: Tensor,
): Promise<Tensor> {
  const { vjp } = await scoreVjp(at.x, at.t, w, at.rows);
  return denoisedOf(sde, { x: w, t: at.t }, vjp);
}
