/** @file Static thresholding: a score whose denoised estimate stays where data can be. */
import { combine, map } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import type { Tensor } from '../../base/tensor.ts';
import { timesOf, type ScoreFn, type ScoreVjpFn } from '../../sde/score-fn.ts';
import { denoisedOf, scoreOfDenoised } from './denoised.ts';
import type { InverseProblem } from '../problem.ts';

/**
 * A prior whose denoised estimate D = (x + sigma^2 s) / alpha is cut off to a range. The mean of data given x_t lies in
 * every box that contains the data, so that the cut leaves exact scores alone, and takes no network's estimate away from the
 * truth; without it, errors of a network that predicts noise are 1 / alpha times as large in D, which guidance may follow.
 *
 * The derivative is that of what the cut leaves, 0 in elements outside. It looks at the last score, so that it costs no
 * evaluation of its own after the score at the same x and t.
 * @throws ConfigError unless the range goes from a lower to a higher number.
 * @see Saharia et al. 2022, "Photorealistic text-to-image diffusion models with deep language understanding", section 2.3
 */
export function thresholded(
  { sde, score, scoreVjp }: Pick<InverseProblem, 'sde' | 'score' | 'scoreVjp'>,
  [low, high]: readonly [low: number, high: number],
): Pick<InverseProblem, 'sde' | 'score' | 'scoreVjp'> {
  checkOptions([low < high, 'range', `expected a lower and a higher number, got [${low}, ${high}]`]);
  let last:
    { readonly x: Tensor; readonly t: number | readonly number[]; readonly estimate: Promise<Tensor> } | undefined;
  const estimate: ScoreFn = (x, t, rows) => {
    if (last?.x !== x || last.t !== t)
      last = { x, t, estimate: score(x, t, rows).then((s) => denoisedOf(sde, { x, t }, s)) };
    return last.estimate;
  };
  const cut = (value: number): number => Math.min(high, Math.max(low, value));
  const cutScore: ScoreFn = async (x, t, rows) => scoreOfDenoised(sde, { x, t }, map(await estimate(x, t, rows), cut));
  const pullBack =
    (of: ScoreVjpFn): ScoreVjpFn =>
    async (x, t, w, rows) => {
      const denoised = await estimate(x, t, rows);
      const inside = map(w, (value, i) => (cut(denoised.data[i] ?? 0) === denoised.data[i] ? value : 0));
      const { vjp } = await of(x, t, inside, rows);
      // (alpha (dD/dx)^T inside - w) / sigma^2 with (dD/dx)^T inside = (inside + sigma^2 vjp) / alpha.
      const perVariance = timesOf(t, x).map((u) => 1 / sde.sigma(u) ** 2);
      return {
        score: await cutScore(x, t, rows),
        vjp: combine([1, vjp], [perVariance, inside], [perVariance.map((value) => -value), w]),
      };
    };
  return { sde, score: cutScore, scoreVjp: scoreVjp && pullBack(scoreVjp) };
}
