/** @file A classifier trained on a mixture against Bayes' rule. */
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { scaled, commonFactor } from '../../src/data/scaler.ts';
import { classifier } from '../../src/nn/classifier.ts';
import { classifierModel } from '../../src/score/models/classifier-model.ts';
import { crossEntropy } from '../../src/score/objectives/cross-entropy.ts';
import { classifierInput } from '../../src/sde/learning/classifier-input.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { classifierAccuracy } from '../../src/train/classifier-accuracy.ts';
import { averaged } from '../../src/train/train.ts';
import { backends, firstSteps, pointAfter, set as points, tiny } from './tiny.ts';

const steps = 1200;
const n = 1000;
const set = (await openDataSet('two-gaussians')) as PointSet;

describe('a classifier trained on two Gaussians', () => {
  it("has the log probabilities of Bayes' rule, their gradients, and the best accuracy, at every noise level", async () => {
    const config = resolveConfig(set, {
      data: { ref: 'two-gaussians' },
      net: { kind: 'classifier', width: 32, classes: 2 },
      loss: { kind: 'cross-entropy' },
      train: { batch: 256, learningRate: 2e-3, warmup: 100, emaDecay: 0.99 },
    });
    const training = buildTraining(config, set);
    const { process, scaler, net } = training;
    const { sde } = process;
    const backend = nodeBackend({ threads: 1 });
    const { state } = await pointAfter({ ...training, backend, set, batch: config.train.batch, key: key(1) }, steps);
    const params = averaged(state);
    const model = await classifierModel(backend, net, { params, classes: 2, sde, maxBatch: n });

    const { means, stds, weights } = set.mixture!;
    const exact = [[0], [1], [0, 1]].map((kept) =>
      gaussianMixture(sde, {
        means: scaled(scaler, tensor(kept.flatMap((k) => means[k]!), [kept.length, 2])), // prettier-ignore
        stds: kept.map((k) => stds[k]! * commonFactor(scaler)),
        weights: kept.map((k) => weights[k]!),
      }),
    );
    const labels = Array.from(set.labels!.subarray(0, n));
    const clean = scaled(scaler, tensor(set.values.slice(0, 2 * n), [n, 2])); // prettier-ignore
    const z = normalBatch(split(key(9), n), [2]);
    for (const ratio of [0.3, 1, 3, 10]) {
      const t = timeOfNoiseRatio(sde, ratio);
      const x = tensor(clean.data.map((v, j) => sde.alpha(t) * v + sde.sigma(t) * z.data[j]!), [n, 2]); // prettier-ignore
      const [zero, one, all] = exact.map(({ logDensity }) => logDensity(x, t)) as [Float64Array, Float64Array, Float64Array]; // prettier-ignore
      const right = labels.map((label, i) => Math.log(weights[label]!) + [zero, one][label]![i]! - all[i]!);
      const logs = await model.logProbabilities(x, t);
      const found = labels.map((label, i) => logs.data[2 * i + label]!);
      // What the classifier loses against Bayes' rule, the divergence of the two in nats; 0.003 at most is left by this training.
      const lost = right.reduce((total, v, i) => total + v - found[i]!, 0) / n;
      expect(lost, `ratio ${ratio}`).toBeLessThan(0.01);
      // The gradient is the difference of two scores, in units of 1 / sigma: 0.4 at ratio 1, of which 0.04 is left.
      const gradient = await model.gradient(labels)(x, t);
      const [a, b, free] = await Promise.all(exact.map(({ score }) => score(x, t)));
      const gaps = gradient.data.map((v, j) => v - ([a, b][labels[j >> 1]!]!.data[j]! - free!.data[j]!));
      const rms = sde.sigma(t) * Math.sqrt(gaps.reduce((total, v) => total + v * v, 0) / gaps.length);
      expect(rms, `gradient at ratio ${ratio}`).toBeLessThan(0.1);
    }
    await model.dispose();

    const accuracy = await classifierAccuracy(backend, { net, params, sde, set, scaler, classes: 2 });
    expect(Object.keys(accuracy)).toEqual(['accuracy/0.1', 'accuracy/0.3', 'accuracy/1', 'accuracy/3', 'accuracy/10']);
    // The classes are 10 standard deviations apart without noise, 2 sqrt(2) units; by 10 times that, the larger class wins.
    expect(accuracy['accuracy/0.1']).toBeGreaterThan(0.99);
    // Four standard errors of a share of 0.7 among 512.
    expect(Math.abs(accuracy['accuracy/10']! - 0.7)).toBeLessThan(0.081);
    expect(accuracy['accuracy/1']).toBeGreaterThan(0.85);
  });
});

describe.each(backends)('training a classifier by $name', (backend) => {
  const sde = vp();
  const process = { sde, parametrization: classifierInput(sde) };
  const net = classifier([2], { classes: 2, width: 8, depth: 2 });
  const options = tiny(backend, { net, process, objective: crossEntropy(process, { classes: 2 }) });

  it('starts with the loss of even odds, and resumes from a point bit for bit', async () => {
    const all = await firstSteps(options, 4);
    expect(all[0]!.loss).toBeCloseTo(Math.LN2, 6);
    const { step, state, smoothedLoss } = all[1]!;
    const from = { step, state: structuredClone(state), smoothedLoss };
    expect(await firstSteps({ ...options, from }, 2)).toEqual(all.slice(2));
  });

  it('gets every class', async () => {
    const params = async (changes: Partial<typeof options>): Promise<Float32Array> =>
      (await firstSteps({ ...options, ...changes }, 2))[1]!.state.params;
    expect(await params({ labelDropout: 0.9 })).toEqual(await params({}));
    const other = { ...points, labels: points.labels!.map((label) => 1 - label) };
    expect(await params({ set: other })).not.toEqual(await params({}));
    const without = Object.fromEntries(
      Object.entries(points).filter(([name]) => name !== 'labels'),
    ) as unknown as PointSet;
    await expect(firstSteps({ ...options, set: without }, 1)).rejects.toThrow(ConfigError);
  });
});
