/** @file Networks trained with the default settings of each SDE against the exact score of their data. */
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { buildTraining, type Training } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { sdeKinds } from '../../src/catalog/kinds.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { scaled, unscaled, commonFactor } from '../../src/data/scaler.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { finish } from '../../src/sample/sampler.ts';
import { scoreModel, type ScoreModel } from '../../src/score/models/score-model.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { averaged } from '../../src/train/train.ts';
import { pointAfter } from './tiny.ts';

const steps = 800;
const n = 1000;
const backend = nodeBackend({ threads: 1 });
const set = (await openDataSet('two-gaussians')) as PointSet;
const fresh = (await openDataSet('two-gaussians', { seed: 7, count: n })) as PointSet;

/** A quick training: a small network and a larger rate, everything else as a run has it. */
async function trained(kind: string): Promise<{ training: Training; model: ScoreModel }> {
  const config = resolveConfig(set, {
    data: { ref: 'two-gaussians' },
    net: { width: 64, features: 32 },
    sde: { kind },
    train: { batch: 256, learningRate: 4e-3, warmup: 100, emaDecay: 0.99 },
  });
  const training = buildTraining(config, set);
  const { state } = await pointAfter({ ...training, backend, set, batch: config.train.batch, key: key(1) }, steps);
  const params = averaged(state);
  const model = scoreModel(backend, training.net, { params, process: training.process, maxBatch: 1024 });
  return { training, model };
}

function exactScore({ scaler, process }: Training): ScoreFn {
  const { means, stds, weights } = set.mixture!;
  const mixture = {
    means: scaled(scaler, tensor(means.flat(), [means.length, 2])),
    stds: stds.map((std) => std * commonFactor(scaler)),
    weights,
  };
  return gaussianMixture(process.sde, mixture).score;
}

/** Data with noise of a time. */
function noisy({ scaler, process: { sde } }: Training, t: number): Tensor {
  const x0 = scaled(scaler, tensor(fresh.values, [n, 2]));
  const z = normal(key(9), 2 * n);
  return tensor(
    x0.data.map((value, j) => sde.alpha(t) * value + sde.sigma(t) * z[j]!),
    [n, 2],
  );
}

describe.each(sdeKinds)('a network trained for %s', (kind) => {
  it('has the exact score at every noise level, and draws its modes by their weights', async () => {
    const { training, model } = await trained(kind);
    const { sde } = training.process;
    const exact = exactScore(training);
    // Noise from half the width of a mode to three times the distance of the modes, as far as the SDE goes.
    for (const ratio of [0.1, 0.3, 1, 3, 10]) {
      const t = timeOfNoiseRatio(sde, ratio);
      if (t <= sde.tMin || t >= sde.tMax) continue;
      const x = noisy(training, t);
      const [found, expected] = [await model.score(x, t), await exact(x, t)];
      const squares = found.data.map((value, j) => (value - expected.data[j]!) ** 2);
      const error = sde.sigma(t) * Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
      // In units of the score of the noise, 1 / sigma, in which the score itself has 0.4 at ratio 0.1 and about 1 at the
      // others. So short a training leaves up to 0.14 at the finer levels, which bend most, and 0.08 at the others.
      expect(error, `sigma / alpha = ${ratio}`).toBeLessThan(ratio < 1 ? 0.2 : 0.1);
    }

    const sampler = probabilityFlow({ rtol: 1e-3, atol: 1e-3 });
    const { x } = await finish(sampler({ sde, score: model.score, shape: [2], keys: split(key(4), n) }));
    const { data } = unscaled(training.scaler, x);
    const upper = Array.from({ length: n }, (_, i) => data[2 * i]! + data[2 * i + 1]! > 0).filter(Boolean).length;
    // Four standard errors of a share of 0.7 among 1000.
    expect(Math.abs(upper / n - 0.7)).toBeLessThan(0.06);
    await model.dispose();
  });
});
