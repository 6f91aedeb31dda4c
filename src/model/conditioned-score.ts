/** @file The score of a model under its condition. */
import { batchOf } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import { ofEach } from './condition.ts';
import { evaluationCounter } from './evaluation-counter.ts';
import { compiledGuide, guidedScores, requireGuidedScore } from './guidance.ts';
import type { Source } from './samples/sampling.ts';

/** Samples of one call of `score`. */
const scoreBatch = 64;

/** The score of noisy samples in the range of the model, given its condition. */
export function conditionedScore({ host, trained, programs, condition }: Source): ScoreFn {
  const needs = { samples: scoreBatch, maxBatch: scoreBatch };
  let compiled: ReturnType<typeof compiledGuide> | undefined;
  return async (x, t, rows, to) => {
    const model = await programs.of(needs);
    if (condition === undefined) return model.score(x, t, rows, to);
    requireGuidedScore(condition.guidance);
    compiled ??= compiledGuide(host, trained, condition.guidance, needs);
    const given = ofEach(condition, condition.given, batchOf(x));
    const parts = { trained, model, guide: await compiled };
    const counter = evaluationCounter(given?.length ?? batchOf(x));
    return guidedScores(condition.guidance, parts, given, counter).score(x, t, rows, to);
  };
}
