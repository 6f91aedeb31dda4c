/** @file A small network that learns the score of points within a figure. */
import type { Backend } from '../backend/program.ts';
import { ConfigError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import type { PointSet } from '../data/dataset.ts';
import type { Scaler } from '../data/scaler.ts';
import type { Network } from '../nn/network.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import type { Objective } from '../score/objectives/objective.ts';
import { scoreModel, type ScoreModel } from '../score/models/score-model.ts';
import { averaged, train } from '../train/train.ts';

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
 * The score of the averaged parameters after so many steps; the caller disposes of it.
 * @throws ConfigError unless there is a step or more.
 */
export async function learnScore({ steps, backend, net, process, ...options }: LearnOptions): Promise<ScoreModel> {
  const optimizer = { learningRate: 2e-3, warmup: 100, emaDecay: 0.995 };
  for await (const { step, point } of train({
    ...options,
    backend,
    net,
    process,
    scaler: unscaledPoints,
    optimizer,
    batch: 256,
  }))
    if (step >= steps)
      return scoreModel(backend, net, { params: averaged((await point()).state), process, maxBatch: 1024 });
  throw new ConfigError([{ path: 'steps', message: `expected a positive integer, got ${steps}` }]);
}
