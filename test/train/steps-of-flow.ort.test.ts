/** @file Models that learn the steps of their flow, trained for a moment, against its exact map. */
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { exactFlowMap } from '../../src/evaluate/exact-flow-map.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { withEnd } from '../../src/nn/with-end.ts';
import { fewSteps } from '../../src/sample/few-steps.ts';
import { finish } from '../../src/sample/sampler.ts';
import { meanFlow } from '../../src/score/distillation/mean-flow.ts';
import { shortcut } from '../../src/score/distillation/shortcut.ts';
import { scoreModel, type ScoreModel } from '../../src/score/models/score-model.ts';
import { velocity } from '../../src/sde/learning/parametrization.ts';
import { lengthEnds, sectionEnds, type StepEnds } from '../../src/sde/learning/step-ends.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { averaged } from '../../src/train/train.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import type { ScoreProcess } from '../../src/score/coefficients.ts';
import { pointAfter } from './tiny.ts';

const backend = nodeBackend({ threads: 1 });
const std = 0.5;
const mean = 1;
const count = 4000;
const set: PointSet = {
  kind: 'points',
  name: 'a Gaussian',
  count,
  dimension: 1,
  values: normal(key(3), count).map((z) => mean + std * z),
};
const sde = rectifiedFlow();
const samples = 200;
const x = tensor(normal(key(5), samples), [samples, 1]);

/** A model that was trained for a moment. */
async function trained(ends: StepEnds, objectiveOf: (process: ScoreProcess) => Objective): Promise<ScoreModel> {
  const process = { sde, parametrization: velocity({ timeScale: 3 })(sde), ends };
  const net = withEnd({ classes: 0, ends: ends.columns }, (classes) =>
    mlp(1, { width: 32, depth: 2, features: 16, classes }),
  );
  const scaler = { kind: 'standard', factor: 1, shift: [0] } as const;
  const optimizer = { learningRate: 5e-3, warmup: 20, emaDecay: 0.99 };
  const objective = objectiveOf(process);
  const point = await pointAfter(
    { backend, set, scaler, net, process, objective, optimizer, batch: 128, key: key(2) },
    500,
  );
  return scoreModel(backend, net, { params: averaged(point.state), process, maxBatch: 256 });
}

/** Root mean square distance of samples of so many evaluations from the exact flow, over the deviation of the data. */
async function errorOf({ score }: Pick<ScoreModel, 'score'>, steps: number): Promise<number> {
  const start = { t: sde.tMax, draw: () => x };
  const { x: drawn } = await finish(
    fewSteps({ steps })({ sde, score, shape: [1], keys: split(key(9), samples), start }),
  );
  const { data } = await exactFlowMap(sde, { means: [mean], stds: std })(x, sde.tMax, sde.tMin);
  return Math.sqrt(drawn.data.reduce((sum, value, i) => sum + (value - data[i]!) ** 2, 0) / samples) / std;
}

describe.each([
  {
    name: 'shortcut',
    ends: sectionEnds(32),
    of: (process: ScoreProcess) => shortcut(process, { sections: 32, share: 0.25 }),
    most: 0.2,
  },
  // Its targets have a derivative of the network in them, which takes longer to settle.
  { name: 'MeanFlow', ends: lengthEnds, of: (process: ScoreProcess) => meanFlow(process, { power: 0 }), most: 0.45 },
])('$name', ({ ends, of, most }) => {
  it('one evaluation ends near where the flow does, two and four do, and it is a score', async () => {
    const model = await trained(ends, of);
    const exact = gaussian(sde, { mean: tensor([mean], [1]), std });
    // One step of the exact score ends at the mean.
    expect(await errorOf(exact, 1)).toBeGreaterThan(0.9);
    for (const steps of [1, 2, 4]) expect(await errorOf(model, steps)).toBeLessThan(most);
    for (const t of [0.2, 0.6, 0.9]) {
      const at = tensor([-0.5, 0.5, 1.5], [3, 1]);
      const [own, right] = [await model.score(at, t), await exact.score(at, t)];
      own.data.forEach((value, i) => expect(Math.abs(value - right.data[i]!) * sde.sigma(t)).toBeLessThan(most));
    }
    await model.dispose();
  });
});
