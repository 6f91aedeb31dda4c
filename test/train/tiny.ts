/** @file Small trainings for tests. */
import { interpreter } from '../../src/backend/interpreter.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import type { Backend } from '../../src/backend/program.ts';
import { key } from '../../src/base/key.ts';
import { openDataSet } from '../../src/data/open.ts';
import { scalerOf } from '../../src/data/scaler.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { epsilon } from '../../src/sde/parametrization.ts';
import { vp } from '../../src/sde/vp.ts';
import { train, type TrainOptions, type TrainProgress } from '../../src/train/train.ts';

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

/** The first steps of a training. */
export async function firstSteps(options: TrainOptions, count: number): Promise<TrainProgress[]> {
  const steps: TrainProgress[] = [];
  for await (const progress of train(options)) if (steps.push(progress) === count) break;
  return steps;
}
