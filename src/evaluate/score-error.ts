/** @file How far a score is from the exact one, at each noise level. */
import { combine, dotPerSample } from '../base/arith.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalBatch } from '../base/random.ts';
import { sampleSize, type Tensor } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import { meanEstimate, type Estimate } from './estimate.ts';

/** What to compare, where, and on which samples. */
export interface ScoreErrorRequest {
  readonly sde: Sde;
  /** The score in question. */
  readonly score: ScoreFn;
  /** The score of p_t in closed form. */
  readonly exact: ScoreFn;
  /** Independent samples of the data, `[B, …]`. */
  readonly x0: Tensor;
  /** One per sample: row i of x_t depends on row i of x0 and on `keys[i]` alone. */
  readonly keys: readonly Key[];
  readonly times: readonly number[];
}

/** The error at one time. */
export interface ScoreErrorAt {
  readonly t: number;
  readonly sigma: number;
  /** (E ||s - s*||^2 / D)^(1/2); times sigma it is the error of the predicted noise. */
  readonly rmse: Estimate;
  /** (E ||s - s*||^2 / E ||s*||^2)^(1/2): 0 for the exact score, 1 for a score of zero. */
  readonly relative: Estimate;
}

/**
 * Root mean square error of a score against the exact one s*, on samples x_t = alpha(t) x_0 + sigma(t) z of p_t at each
 * time, with standard errors to first order.
 * @throws ShapeError if there is not one key per sample.
 * @example
 * ```ts
 * import { empirical, gaussian, key, normalBatch, split, tensor, vp } from 'scorefield';
 * import { scoreError } from 'scorefield/evaluate';
 *
 * const sde = vp();
 * const keys = split(key(0), 200);
 * const x0 = normalBatch(keys, [1]);
 * const exact = gaussian(sde, { mean: tensor([0], [1]), std: 1 }).score;
 * console.log(await scoreError({ sde, score: empirical(sde, x0).score, exact, x0, keys: split(key(1), 200), times: [0.5] }));
 * ```
 */
export async function scoreError(request: ScoreErrorRequest): Promise<readonly ScoreErrorAt[]> {
  const { sde, score, exact, x0, keys, times } = request;
  const result: ScoreErrorAt[] = [];
  for (const [level, t] of times.entries()) {
    const z = normalBatch(
      keys.map((key) => foldIn(key, level)),
      x0.shape.slice(1),
    );
    const x = combine([sde.alpha(t), x0], [sde.sigma(t), z]);
    const [s, target] = [await score(x, t), await exact(x, t)];
    const difference = combine([1, s], [-1, target]);
    const squares = dotPerSample(difference, difference);
    const sizes = dotPerSample(target, target);
    const whole = meanEstimate(sizes).value;
    const ratio = meanEstimate(squares).value / whole;
    // The error of a ratio of means is that of the mean of (a - ratio b) / mean(b).
    const { standardError } = meanEstimate(squares.map((square, i) => (square - ratio * sizes[i]!) / whole));
    result.push({
      t,
      sigma: sde.sigma(t),
      rmse: root(meanEstimate(squares.map((square) => square / sampleSize(x0)))),
      relative: root({ value: ratio, standardError }),
    });
  }
  return result;
}

/** Of a square to its root: d sqrt(v) = dv / (2 sqrt(v)). */
function root({ value, standardError }: Estimate): Estimate {
  const of = Math.sqrt(value);
  return { value: of, standardError: of === 0 ? 0 : standardError / (2 * of) };
}
