/** @file The one place where evaluations of networks are counted: a wrapper around scores. */
import { batchOf, type Tensor } from '../base/tensor.ts';
import type { LogDensity, ScoreFn, ScoreJvpFn, ScoreVjpFn } from '../sde/score-fn.ts';
import type { Scores } from '../score/models/score-model.ts';

/** Counts the evaluations of networks for each sample of a batch. */
export interface EvaluationCounter {
  /** A score, or a gradient of the same form, whose evaluations are counted. */
  score(score: ScoreFn): ScoreFn;
  /** Scores whose evaluations are counted, with or without derivative; an energy is one too, and the learned variance costs none of its own. */
  scores<S extends Scores>(scores: S): S;
  /** Evaluations so far, one number per sample. */
  counts(): readonly number[];
}

/**
 * A counter for a batch of samples.
 * @param onEvaluation - called before each evaluation with the number of its samples, their times, and which rows of the batch they are; the
 * evaluation waits for a promise that it returns
 */
export function evaluationCounter(
  samples: number,
  onEvaluation?: (
    samples: number,
    t: number | readonly number[],
    rows: readonly number[] | undefined,
  ) => Promise<void> | undefined,
): EvaluationCounter {
  const counts = new Array<number>(samples).fill(0);
  const counted = async <T>(
    [x, t, rows]: readonly [Tensor, number | readonly number[], readonly number[] | undefined],
    evaluate: () => Promise<T>,
  ): Promise<T> => {
    await onEvaluation?.(batchOf(x), t, rows);
    if (rows === undefined) for (let row = 0; row < batchOf(x); row++) counts[row] = (counts[row] ?? 0) + 1;
    else for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
    return evaluate();
  };
  const scoreOf =
    (score: ScoreFn): ScoreFn =>
    (x, t, rows, to) =>
      counted([x, t, rows], () => score(x, t, rows, to));
  const jvpOf =
    (scoreJvp: ScoreJvpFn): ScoreJvpFn =>
    (x, t, v, rows) =>
      counted([x, t, rows], () => scoreJvp(x, t, v, rows));
  const vjpOf =
    (scoreVjp: ScoreVjpFn): ScoreVjpFn =>
    (x, t, w, rows) =>
      counted([x, t, rows], () => scoreVjp(x, t, w, rows));
  const logOf =
    (logDensity: LogDensity): LogDensity =>
    (x, t, rows) =>
      counted([x, t, rows], async () => logDensity(x, t, rows));
  return {
    score: scoreOf,
    scores: (scores) => ({
      ...scores,
      score: scoreOf(scores.score),
      scoreJvp: jvpOf(scores.scoreJvp),
      scoreVjp: vjpOf(scores.scoreVjp),
      ...(scores.logDensity && { logDensity: logOf(scores.logDensity) }),
    }),
    counts: () => [...counts],
  };
}
