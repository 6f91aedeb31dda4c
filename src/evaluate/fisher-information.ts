/** @file The Fisher information of a law about its place, in the two ways that integration by parts says are one. */
import { dotPerSample, map } from '../base/arith.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import type { ScoreFn, ScoreJvpFn } from '../sde/score-fn.ts';
import { meanEstimate, type Estimate } from './estimate.ts';

/** The mean square of a score and its mean divergence, which are one for the score of the law that the samples are of. */
export interface FisherInformation {
  /** E ||s||^2. */
  readonly bySquares: Estimate;
  /** -E tr(ds/dx). */
  readonly byTrace: Estimate;
}

/**
 * E ||s||^2 and -E tr(ds/dx) over samples of p_t, with their standard errors. The second takes one derivative for each dimension.
 * @param x - samples of p_t, `[B, …]`
 * @see Hyvarinen 2005, theorem 1
 */
export async function fisherInformation(
  { score, scoreJvp }: { readonly score: ScoreFn; readonly scoreJvp: ScoreJvpFn },
  x: Tensor,
  t: number,
): Promise<FisherInformation> {
  const size = sampleSize(x);
  const traces = new Float64Array(batchOf(x));
  for (let axis = 0; axis < size; axis++) {
    const { jvp } = await scoreJvp(
      x,
      t,
      map(x, (_, j) => Number(j % size === axis)),
    );
    for (let i = 0; i < traces.length; i++) traces[i] = (traces[i] ?? 0) - (jvp.data[size * i + axis] ?? 0);
  }
  const s = await score(x, t);
  return { bySquares: meanEstimate(dotPerSample(s, s)), byTrace: meanEstimate(traces) };
}
