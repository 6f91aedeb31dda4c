/** @file Students of an exact teacher, trained for a moment, against the exact map of its flow. */
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { exactFlowMap } from '../../src/evaluate/exact-flow-map.ts';
import { initialize } from '../../src/nn/network.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { fewSteps } from '../../src/sample/few-steps.ts';
import { finish } from '../../src/sample/sampler.ts';
import { consistency } from '../../src/score/distillation/consistency.ts';
import { easyPairs, neighboringPairs } from '../../src/score/distillation/consistency-pairs.ts';
import { progressiveDistillation } from '../../src/score/distillation/progressive.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { edmParametrization } from '../../src/sde/learning/parametrization.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { averaged } from '../../src/train/train.ts';
import { pointAfter } from './tiny.ts';

const backend = nodeBackend({ threads: 1 });
const std = 0.5;
const count = 4000;
const set: PointSet = {
  kind: 'points',
  name: 'a Gaussian',
  count,
  dimension: 1,
  values: normal(key(3), count).map((z) => std * z),
};
const sde = edm();
const process = { sde, parametrization: edmParametrization({ sigmaData: std })(sde) };
const net = mlp(1, { width: 32, depth: 2, features: 16 });
/** A network that is zero, as a new one is, is exact under this preconditioning. */
const teacher = { net, params: initialize(net, key(1)), process };
const keys = split(key(9), 200);
const x = tensor(
  normal(key(5), 200).map((z) => 80 * z),
  [200, 1],
);

/** Root mean square of the distance of a student's samples from where they should be, over the deviation of the data. */
async function errorOf(objective: Objective, steps: number, expected: (x: number) => number): Promise<number> {
  const scaler = { kind: 'standard', factor: 1, shift: [0] } as const;
  const optimizer = { learningRate: 3e-3, warmup: 20, emaDecay: 0.99 };
  const point = await pointAfter(
    { backend, set, scaler, net, process, objective, optimizer, batch: 128, key: key(2) },
    400,
  );
  const model = scoreModel(backend, net, { params: averaged(point.state), process, maxBatch: 256 });
  const start = { t: sde.tMax, draw: () => x };
  const drawn = await finish(fewSteps({ steps })({ sde, score: model.score, shape: [1], keys, start }));
  await model.dispose();
  const squares = drawn.x.data.reduce((sum, v, i) => sum + (v - expected(x.data[i]!)) ** 2, 0);
  return Math.sqrt(squares / x.data.length) / std;
}

describe('students of N(0, 1/4)', () => {
  it('progressive: one step is near two DDIM steps of the teacher', async () => {
    const { score } = gaussian(sde, { mean: tensor([0], [1]), std });
    const one = { sde, score, shape: [1], keys: split(key(0), 1), start: { t: 80, draw: () => tensor([1], [1, 1]) } };
    const { x: two } = await finish(fewSteps({ steps: 2 })(one));
    const error = await errorOf(progressiveDistillation(process, { teacher, steps: 1 }), 1, (v) => two.data[0]! * v);
    // The untrained student ends at 0, 40 % of the deviation away.
    expect(error).toBeLessThan(0.06);
  });

  it('consistency distillation: one step is near six levels of Heun steps of the teacher', async () => {
    const objective = consistency(process, { teacher, pairs: neighboringPairs(sde, { levels: () => 6 }) });
    // So few levels spread the samples too much, by 70 %.
    expect(await errorOf(objective, 1, (v) => (0.8530392503 / 80) * v)).toBeLessThan(0.2);
  });

  it('easy consistency tuning: one step is near the flow', async () => {
    const objective = consistency(process, {
      pairs: easyPairs(sde, { stageSteps: 60 }),
      huber: 0,
      weight: (from, to) => 1 / (from - to),
    });
    const { data } = await exactFlowMap(sde, { means: [0], stds: std })(tensor([1], [1, 1]), 80, 0.002);
    // The untrained student is a whole deviation away.
    expect(await errorOf(objective, 1, (v) => data[0]! * v)).toBeLessThan(0.2);
  });
});
