/** @file Training with classes: a network that has the score of each class, and that of all. */
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { buildTraining, type Training } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { buildSampler } from '../../src/catalog/samplers/build-sampler.ts';
import type { Mixture, PointSet } from '../../src/data/dataset.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { scaled, unscaled, commonFactor } from '../../src/data/scaler.ts';
import { classifierFreeGuidance } from '../../src/sde/guidance/classifier-free-guidance.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { finish } from '../../src/sample/sampler.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { averaged } from '../../src/train/train.ts';
import { backends, firstSteps, pointAfter, set as points, tiny } from './tiny.ts';

const steps = 1500;
const n = 1000;
const set = (await openDataSet('two-gaussians')) as PointSet;

const settings = {
  data: { ref: 'two-gaussians' },
  net: { width: 64, features: 32, classes: 2 },
  train: { batch: 256, learningRate: 2e-3, warmup: 100, emaDecay: 0.99, labelDropout: 0.2 },
};

/** The exact score of components of the data. */
function exactScore(
  { scaler, process }: Training,
  { weights, means, stds }: Mixture,
  kept: readonly number[],
): ScoreFn {
  const of = <T>(values: readonly T[]): T[] => kept.map((k) => values[k]!);
  return gaussianMixture(process.sde, {
    means: scaled(scaler, tensor(of(means).flat(), [kept.length, 2])),
    stds: of(stds).map((std) => std * commonFactor(scaler)),
    weights: of(weights),
  }).score;
}

/** Root mean square over a batch. */
function rms({ data }: Tensor, factor: number): number {
  return factor * Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
}

describe('a network trained with the components of a mixture as classes', () => {
  it('has the exact score of each at every noise level, and that of all', async () => {
    const config = resolveConfig(set, settings);
    const training = buildTraining(config, set);
    const { process, scaler, net } = training;
    const { sde } = process;
    const backend = nodeBackend({ threads: 1 });
    const { state } = await pointAfter({ ...training, backend, set, batch: config.train.batch, key: key(1) }, steps);
    const model = scoreModel(backend, net, { params: averaged(state), process, maxBatch: 1024 });
    const cases = [[0], [1], [0, 1]].map((kept) => ({
      kept,
      found: kept.length === 1 ? model.given(Array.from({ length: n }, () => kept[0])).score : model.score,
      exact: exactScore(training, set.mixture!, kept),
    }));
    for (const { kept, found, exact } of cases)
      for (const ratio of [0.1, 0.3, 1, 3, 10]) {
        const t = timeOfNoiseRatio(sde, ratio);
        const rows = Array.from({ length: set.count }, (_, i) => i).filter((i) => kept.includes(set.labels![i]!));
        const clean = scaled(scaler, tensor(rows.slice(0, n).flatMap((i) => [...set.values.slice(2 * i, 2 * i + 2)]), [n, 2])); // prettier-ignore
        const z = normalBatch(split(key(9), n), [2]);
        const x = tensor(clean.data.map((v, j) => sde.alpha(t) * v + sde.sigma(t) * z.data[j]!), [n, 2]); // prettier-ignore
        const [own, right] = [await found(x, t), await exact(x, t)];
        const gap = (to: Tensor): number => rms(tensor(own.data.map((v, j) => v - to.data[j]!), [n, 2]), sde.sigma(t)); // prettier-ignore
        // In units of the score of the noise, 1 / sigma. So short a training leaves up to 0.08 of a class, which is one
        // Gaussian, and 0.15 of all at ratio 0.3, as one without classes does.
        expect(gap(right), `classes ${kept.join()} at ratio ${ratio}`).toBeLessThan(kept.length === 1 ? 0.12 : 0.2);
        // Where the class changes the score most, that of all is 0.2 to 0.6 away.
        const free = gap(await cases[2]!.exact(x, t));
        if (kept.length === 1 && (ratio === 1 || ratio === 3)) expect(free).toBeGreaterThan(0.2);
      }

    // Samples of class 0 lie about (-1, -1), and the share of all that do is its weight; guidance by 0 changes nothing.
    const sampler = buildSampler('heun', { steps: 18 });
    const draw = async (score: ScoreFn): Promise<Float64Array> => {
      const { x } = await finish(sampler({ sde, score, shape: [2], keys: split(key(4), 500) }));
      return unscaled(scaler, x).data;
    };
    const lower = (data: Float64Array): number =>
      Array.from({ length: 500 }, (_, i) => Number(data[2 * i]! + data[2 * i + 1]! < 0)).reduce((a, b) => a + b) / 500;
    const first = model.given(new Array<number>(500).fill(0));
    const free = await draw(model.score);
    expect(lower(await draw(first.score))).toBeGreaterThan(0.97);
    // Four standard errors of a share of 0.3 among 500.
    expect(Math.abs(lower(free) - 0.3)).toBeLessThan(0.082);
    const scores = { conditional: first.score, unconditional: model.score };
    expect(await draw(classifierFreeGuidance({ ...scores, scale: 0 }))).toEqual(free);
    await model.dispose();
  });
});

describe.each(backends)('training with classes by $name', (backend) => {
  const options = tiny(backend, { net: mlp(2, { width: 8, depth: 2, features: 4, classes: 2 }), labelDropout: 0.3 });

  it('resumes from every yielded point as if it had not stopped, bit for bit', async () => {
    const all = await firstSteps(options, 6);
    for (const at of [1, 4]) {
      const { step, state, smoothedLoss, levels } = all[at - 1]!;
      const from = { step, state: structuredClone(state), smoothedLoss, levels };
      expect(await firstSteps({ ...options, from }, 6 - at)).toEqual(all.slice(at));
    }
  });

  it('gives the network the classes of the batch, except those that are left out', async () => {
    const state = async (changes: Partial<typeof options>): Promise<Float32Array> =>
      (await firstSteps({ ...options, ...changes }, 2))[1]!.state.params;
    const params = await state({});
    const other = { ...points, labels: points.labels!.map((label) => 1 - label) };
    expect(await state({ set: other })).not.toEqual(params);
    expect(await state({ labelDropout: 0.6 })).not.toEqual(params);
    expect(await state({ labelDropout: 1, set: other })).toEqual(await state({ labelDropout: 1 }));
  });

  it('needs the class of every sample', async () => {
    const { labels, ...without } = points;
    await expect(firstSteps({ ...options, set: without }, 1)).rejects.toThrow(ConfigError);
    const few = { ...points, labels: labels!.subarray(1) };
    await expect(firstSteps({ ...options, set: few }, 1)).rejects.toThrow(/for each of 1000 samples, found 999/);
  });
});
