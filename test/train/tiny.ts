/** @file Small trainings for tests. */
import { interpreter } from '../../src/backend/interpreter.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import type { Backend } from '../../src/backend/program.ts';
import { key } from '../../src/base/key.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { scalerOf } from '../../src/data/dataset.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { train, type TrainOptions, type TrainPoint, type TrainProgress } from '../../src/train/train.ts';

export const set = await openDataSet('two-gaussians', { count: 1000 });

/** Both machines that train. */
export const backends: readonly Backend[] = [interpreter(), nodeBackend({ threads: 1 })];

/** Options of a training whose every part is small. */
export function tiny(backend: Backend, changes: Partial<TrainOptions> = {}): TrainOptions {
  const sde = vp();
  return {
    backend,
    set,
    scaler: scalerOf(set),
    net: mlp(2, { width: 8, depth: 2, features: 4 }),
    process: { sde, parametrization: epsilon()(sde) },
    optimizer: { learningRate: 1e-2, warmup: 10 },
    batch: 16,
    key: key(3),
    ...changes,
  };
}

/** A step with the point that it has come to. */
export type TakenStep = TrainPoint & Omit<TrainProgress, 'point'>;

/** The first steps of a training. */
export async function firstSteps(options: TrainOptions, count: number): Promise<TakenStep[]> {
  const steps: TakenStep[] = [];
  for await (const { point, ...progress } of train(options))
    if (steps.push({ ...progress, ...(await point()) }) === count) break;
  return steps;
}

/** Where a training stands after so many steps. */
export async function pointAfter(options: TrainOptions, steps: number): Promise<TrainPoint> {
  for await (const { step, point } of train(options)) if (step === steps) return point();
  throw new Error(`there is no step ${steps}`);
}
