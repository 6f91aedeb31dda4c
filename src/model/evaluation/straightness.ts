/** @file How straight the paths of a model's probability flow are. */
import { checkOptions } from '../../base/check.ts';
import { scale } from '../../base/arith.ts';
import { key, split } from '../../base/key.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { straightPaths, type Paths } from '../../sample/adaptive/straightness.ts';
import { noiseBefore } from '../../sample/start.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import { evaluationCounter } from '../evaluation-counter.ts';
import { flowProgress } from '../flow-progress.ts';
import { reported } from '../running.ts';
import { requireAllLevels, type TrainedModel } from '../trained.ts';

/** Which paths are followed, and how exactly. */
export interface StraightnessOptions {
  /** Number of paths. Default 64. */
  readonly count?: number | undefined;
  /** Seed of the noise, whose paths are those of samples with this seed. Default 0. */
  readonly seed?: number | undefined;
  /** Relative and absolute tolerance of the solver. Default 1e-3. */
  readonly tolerance?: number | undefined;
}

/** How straight paths are. */
export interface Straightness {
  /** Paths. */
  readonly n: number;
  /** The integral of ||v - (y_1 - y_0) / (u_1 - u_0)||^2 / d over u = sigma / (alpha + sigma), along y = x / (alpha + sigma). */
  readonly straightness: Estimate;
  /** Mean square of the chord's velocity, to compare it with. */
  readonly speed: Estimate;
  /** Evaluations of the network for each path, on average. */
  readonly evaluations: number;
  /** Paths that did not reach the tolerance. */
  readonly failed: number;
}

/** How far the paths have been followed. */
export interface StraightnessStep {
  /** 0 to 1. */
  readonly fraction: number;
}

/**
 * Follows the paths of noise to samples.
 * @throws ConfigError if the model has not learned the score at all noise levels, or there are fewer than two paths.
 */
export async function* straightnessOf(
  trained: TrainedModel,
  score: ScoreFn,
  { count = 64, seed = 0, tolerance = 1e-3 }: StraightnessOptions,
): AsyncGenerator<StraightnessStep, Straightness> {
  requireAllLevels(trained);
  const whole = Number.isInteger(count) && count >= 2;
  checkOptions([whole, 'count', `expected a whole number of at least 2 paths, got ${count}`]);
  const { sde } = trained.process;
  const noise = scale(sde.priorStd, noiseBefore(split(key(seed), count), trained.net.sampleShape));
  const found = yield* reported<StraightnessStep, Paths>((report) => {
    const progress = flowProgress(sde, count, { from: sde.tMax, to: sde.tEnd });
    const counter = evaluationCounter(count, (_samples, t, rows) => report({ fraction: progress(t, rows) }));
    return straightPaths({ sde, score: counter.score(score) }, noise, { rtol: tolerance, atol: tolerance });
  });
  return {
    n: count,
    straightness: meanEstimate(found.straightness),
    speed: meanEstimate(found.speed),
    evaluations: found.evals.reduce((sum, evals) => sum + evals, 0) / count,
    failed: found.status.filter((status) => status !== 'ok').length,
  };
}
