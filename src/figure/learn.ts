/** @file A small network that learns the score of points within a figure. */
import type { Backend } from '../backend/program.ts';
import { ConfigError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import type { PointSet } from '../data/dataset.ts';
import type { Scaler } from '../data/scaler.ts';
import type { Network, ParamVectors } from '../nn/network.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import type { Objective } from '../score/objectives/objective.ts';
import { scoreModel, type ScoreModel } from '../score/models/score-model.ts';
import { averaged, train, type TrainPoint } from '../train/train.ts';

/** What is learned, and for how long. */
export interface LearnOptions {
  readonly backend: Backend;
  readonly set: PointSet;
  readonly net: Network;
  readonly process: ScoreProcess;
  readonly objective: Objective;
  readonly steps: number;
  readonly key: Key;
}

/** Figures learn in the units of the data. */
const unscaledPoints: Scaler = { kind: 'standard', factor: 1, shift: [0] };

/**
 * The averaged parameters after so many steps.
 * @param options - `from`: parameters to begin with, random ones by default
 * @throws ConfigError unless there is a step or more.
 */
export async function learnParameters({
  steps,
  from,
  ...options
}: LearnOptions & { readonly from?: ParamVectors }): Promise<ParamVectors> {
  const optimizer = { learningRate: 2e-3, warmup: 100, emaDecay: 0.995 };
  const begin = from && { from: pointOf(from) };
  for await (const { step, point } of train({ ...options, ...begin, scaler: unscaledPoints, optimizer, batch: 256 }))
    if (step >= steps) return averaged((await point()).state);
  throw new ConfigError([{ path: 'steps', message: `expected a positive integer, got ${steps}` }]);
}

/** A training that has taken no step from parameters. */
function pointOf({ trained, fixed }: ParamVectors): TrainPoint {
  const zeros = (): Float32Array => new Float32Array(trained.length);
  return { step: 0, smoothedLoss: NaN, state: { params: trained, m: zeros(), v: zeros(), ema: trained, fixed } };
}

/**
 * The score of the averaged parameters after so many steps; the caller disposes of it.
 * @throws ConfigError unless there is a step or more.
 */
export async function learnScore(options: LearnOptions): Promise<ScoreModel> {
  const { backend, net, process } = options;
  return scoreModel(backend, net, { params: await learnParameters(options), process, maxBatch: 1024 });
}
