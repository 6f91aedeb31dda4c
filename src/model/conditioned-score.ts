/** @file The score of a model under its condition. */
import type { GuidedScores } from '../catalog/guidances/guidance.ts';
import { batchOf, type Tensor } from '../base/tensor.ts';
import type { LogDensity, ScoreFn } from '../sde/score-fn.ts';
import { checkOptions } from '../base/check.ts';
import { ofEach } from './condition.ts';
import { evaluationCounter } from './evaluation-counter.ts';
import { compiledGuide, guidedScores, requireGuidedScore } from './guidance.ts';
import type { Source } from './samples/sampling.ts';

/** Samples of one call of `score`. */
const scoreBatch = 64;

/** The score of noisy samples in the range of the model, given its condition. */
export function conditionedScore(source: Source): ScoreFn {
  const scoresFor = conditionedScores(source);
  return async (x, t, rows, to) => (await scoresFor(batchFor(x, rows))).score(x, t, rows, to);
}

/** What that score is the gradient of at one noise level; undefined where the network has no energy. */
export function conditionedLogDensity(source: Source): LogDensity | undefined {
  const { net } = source.trained;
  if (net.energy === undefined || net.ends !== undefined) return undefined;
  const scoresFor = conditionedScores(source);
  return async (x, t, rows) => {
    const { logDensity } = await scoresFor(batchFor(x, rows));
    const found = await logDensity?.(x, t, rows);
    checkOptions([found !== undefined, 'guidance', 'expected a guidance by networks with energies']);
    return found ?? new Float64Array();
  };
}

/** Samples of the whole batch of which x has all, or the ones that `rows` says, as far as these show. */
function batchFor(x: Tensor, rows: readonly number[] | undefined): number {
  return rows === undefined ? batchOf(x) : Math.max(0, ...rows) + 1;
}

/** The scores of a batch of so many samples under the condition. */
function conditionedScores({
  host,
  trained,
  programs,
  condition,
}: Source): (samples: number) => Promise<Pick<GuidedScores, 'score' | 'logDensity'>> {
  const needs = { samples: scoreBatch, maxBatch: scoreBatch };
  let compiled: ReturnType<typeof compiledGuide> | undefined;
  return async (samples) => {
    const model = await programs.of(needs);
    if (condition === undefined) return model;
    requireGuidedScore(condition.guidance);
    compiled ??= compiledGuide(host, trained, condition.guidance, needs);
    const given = ofEach(condition, condition.given, samples);
    const parts = { trained, model, guide: await compiled };
    const counter = evaluationCounter(given?.length ?? samples);
    return guidedScores(condition.guidance, parts, given, counter);
  };
}
