/** @file The first of the two seams: a score as a function, whoever computes it. */
import { ShapeError } from '../base/errors.ts';
import { batchOf, type Tensor } from '../base/tensor.ts';

/**
 * The score, the gradient of log p_t at x: `[B, …]` to `[B, …]`, at one time for the batch or one per sample.
 * Sample i of the result depends on sample i of the arguments alone. A sampler that asks for a part of its batch says
 * which sample each row is; scores that differ from sample to sample, such as those given a measurement or a class, read `rows`.
 *
 * A sampler of few steps also says at which time `to` a step ends. Models that learn the steps of the flow give the score there whose
 * DDIM step from t to `to` ends where the flow does, see `StepEnds`; of every other score `to` changes nothing.
 */
export type ScoreFn = (
  x: Tensor,
  t: number | readonly number[],
  rows?: readonly number[],
  to?: number,
) => Promise<Tensor>;

/**
 * The score with its derivative along v: s(x, t) and (ds/dx) v, each shaped like x; traces of ds/dx are made of it.
 * Sample i of the results depends on sample i of the arguments alone; `rows` as in `ScoreFn`.
 */
export type ScoreJvpFn = (
  x: Tensor,
  t: number | readonly number[],
  v: Tensor,
  rows?: readonly number[],
) => Promise<{ readonly score: Tensor; readonly jvp: Tensor }>;

/**
 * The score with its derivative pulled back along w: s(x, t) and (ds/dx)^T w, each shaped like x; what a function of the
 * denoised estimate owes to x is made of it. Sample i of the results depends on sample i of the arguments alone; `rows`
 * as in `ScoreFn`.
 */
export type ScoreVjpFn = (
  x: Tensor,
  t: number | readonly number[],
  w: Tensor,
  rows?: readonly number[],
) => Promise<{ readonly score: Tensor; readonly vjp: Tensor }>;

/**
 * log p_t at each sample of `x` `[B, …]` in nats, up to a constant that depends on t alone: what the score is the gradient of. `rows` as in
 * `ScoreFn`.
 */
export type LogDensity = (x: Tensor, t: number, rows?: readonly number[]) => Float64Array | Promise<Float64Array>;

/** log p_t(y) - log p_t(x) of each pair of samples of `x` and `y` `[B, …]`, in nats. */
export type LogRatio = (x: Tensor, y: Tensor, t: number) => Promise<Float64Array>;

/**
 * Times of a batch, one per sample.
 * @throws ShapeError if a list of times has not one entry per sample.
 */
export function timesOf(t: number | readonly number[], x: Tensor): readonly number[] {
  const batch = batchOf(x);
  if (typeof t === 'number') return new Array<number>(batch).fill(t);
  if (t.length !== batch) throw new ShapeError(`expected ${batch} times, one per sample, got ${t.length}`);
  return t;
}
