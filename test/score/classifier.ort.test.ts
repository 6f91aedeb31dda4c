/** @file Classifiers of noised samples as functions: what they read, their log probabilities and their gradients. */
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { combine, scale } from '../../src/base/arith.ts';
import { ConfigError, InternalError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal, normalBatch } from '../../src/base/random.ts';
import { takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import { constant, input, mul, sum } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { vjp } from '../../src/graph/vjp.ts';
import { classifier } from '../../src/nn/classifier.ts';
import { constantScope, layout, type Network, type ParamVectors } from '../../src/nn/network.ts';
import { classifierModel, type ClassifierModel } from '../../src/score/models/classifier-model.ts';
import { crossEntropy, logSoftmax } from '../../src/score/objectives/cross-entropy.ts';
import { conditionRows } from '../../src/score/models/condition-rows.ts';
import { classifierInput } from '../../src/sde/learning/classifier-input.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { everySde } from '../sde/all.ts';
import { siteOf } from './site.ts';

function randomParams(net: Network): ParamVectors {
  const { trained, fixed } = layout(net);
  const values = Float32Array.from(normal(foldIn(key(1), 'trained'), trained), (z) => 0.3 * z);
  return { trained: values, fixed: new Float32Array(fixed) };
}

const nets: readonly (readonly [string, Network])[] = [
  ['points', classifier([2], { classes: 3, width: 8, depth: 2 })],
  ['images', classifier([1, 4, 8], { classes: 3, width: 4, depth: 3 })],
];
const keys = split(key(5), 7);
const classes = [2, 0, undefined, 1, 0, 2, 1];
const t = classes.map((_, i) => 0.1 + 0.12 * i);
const modelOf = (net: Network, { sde = vp(), maxBatch = 8 } = {}): Promise<ClassifierModel> =>
  classifierModel(nodeBackend({ threads: 1 }), net, { params: randomParams(net), classes: 3, sde, maxBatch });

/** Largest difference relative to the largest value. */
function distance(found: Tensor, expected: Tensor): number {
  expect(found.shape).toEqual(expected.shape);
  const most = expected.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return found.data.reduce((m, v, i) => Math.max(m, Math.abs(v - expected.data[i]!)), 0) / most;
}

describe.each(everySde)('the input of a classifier under $kind', (sde) => {
  it('is a function of x / alpha and the noise ratio, of unit scale', () => {
    const [own, other] = [classifierInput(sde), classifierInput(ve())];
    for (const ratio of [0.02, 0.3, 2, 15]) {
      const [a, b] = [timeOfNoiseRatio(sde, ratio), timeOfNoiseRatio(ve(), ratio)];
      if (Math.abs(noiseRatio(sde, a) / ratio - 1) > 1e-9) continue; // beyond the process
      expect(sde.alpha(a) * own.inScale(a)).toBeCloseTo(ve().alpha(b) * other.inScale(b), 9);
      expect(own.label(a)).toBeCloseTo(other.label(b), 6);
      expect(own.inScale(a) * Math.hypot(sde.alpha(a), sde.sigma(a))).toBeCloseTo(1, 12);
    }
  });
});

describe.each([1, 2, 3, 5, 8])('log softmax of %i numbers', (count) => {
  const rows = 4;
  const numbers = normal(key(count), rows * count).map((z, i) => z * [1, 30, 1000, 1e6][Math.floor(i / count)]!);

  it('is that of probabilities, for odds of any size, and so is its gradient', () => {
    const g = graph();
    const h = input(g, 'h', [rows, count]);
    const chosen = constant(g, conditionRows(Array.from({ length: rows }, (_, i) => i % count), count), [rows, count]); // prettier-ignore
    const logs = logSoftmax(h);
    const [gradient] = vjp(sum(mul(chosen, logs)), [h]);
    const [found, slope] = gradient === undefined ? [] : evaluate([logs, gradient], { h: numbers });
    for (let i = 0; i < rows; i++) {
      const own = Array.from(numbers.subarray(i * count, (i + 1) * count));
      const most = Math.max(...own);
      const log = most + Math.log(own.reduce((total, v) => total + Math.exp(v - most), 0));
      own.forEach((v, k) => {
        expect(found![i * count + k]! / Math.max(1, Math.abs(v - log))).toBeCloseTo((v - log) / Math.max(1, Math.abs(v - log)), 12); // prettier-ignore
        expect(slope![i * count + k]).toBeCloseTo(Number(k === i % count) - Math.exp(v - log), 12);
      });
    }
  });
});

describe.each(nets)('a classifier of %s', (_, net) => {
  const x = normalBatch(keys, net.sampleShape);

  it('has probabilities, and the log odds of its network', async () => {
    const model = await modelOf(net);
    const logs = await model.logProbabilities(x, t);
    for (let i = 0; i < 7; i++)
      expect(logs.data.subarray(3 * i, 3 * i + 3).reduce((total, v) => total + Math.exp(v), 0)).toBeCloseTo(1, 5);
    const g = graph();
    const reads = classifierInput(vp());
    const [odds] = evaluate([net.forward(constantScope(net, randomParams(net), g), input(g, 'x', x.shape), input(g, 'label', [7]))], {
      x: scale(t.map((u) => reads.inScale(u)), x).data,
      label: t.map((u) => reads.label(u)),
    }); // prettier-ignore
    const ratio = (data: Float64Array): Tensor => tensor(data.map((v, j) => v - data[j - (j % 3)]!), [7, 3]); // prettier-ignore
    expect(distance(ratio(logs.data), ratio(odds!))).toBeLessThan(1e-4);
    await model.dispose();
  });

  it('has the gradient of the log probability of each class, and none where there is no class', async () => {
    const model = await modelOf(net);
    const gradient = await model.gradient(classes)(x, t);
    const v = normalBatch(keys.map((own) => foldIn(own, 'v')), net.sampleShape); // prettier-ignore
    const h = 1e-2;
    const [ahead, back] = [await model.logProbabilities(combine([1, x], [h, v]), t), await model.logProbabilities(combine([1, x], [-h, v]), t)]; // prettier-ignore
    const size = x.data.length / 7;
    classes.forEach((label, i) => {
      const along = gradient.data.subarray(i * size, (i + 1) * size).reduce((s, w, j) => s + w * v.data[i * size + j]!, 0); // prettier-ignore
      const slope = label === undefined ? 0 : (ahead.data[3 * i + label]! - back.data[3 * i + label]!) / (2 * h);
      // Logarithms of order 1 have 6e-8 of rounding, over a step of 1e-2; the curvature over such a step is 1e-3 at most.
      expect(Math.abs(along - slope)).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
      if (label === undefined) expect(along).toBe(0);
      else expect(Math.abs(slope)).toBeGreaterThan(1e-4);
    });
    await model.dispose();
  });

  it('does not depend on how rows are grouped, and knows rows by their sample', async () => {
    const [whole, cut] = [await modelOf(net), await modelOf(net, { maxBatch: 2 })];
    const [logs, gradient] = [await whole.logProbabilities(x, t), await whole.gradient(classes)(x, t)];
    expect(distance(await cut.logProbabilities(x, t), logs)).toBeLessThan(1e-5);
    for (const rows of [[0], [6, 5, 2, 3, 0]]) {
      const own = [takeRows(x, rows), rows.map((i) => t[i]!), rows] as const;
      for (const model of [whole, cut])
        expect(distance(await model.gradient(classes)(...own), takeRows(gradient, rows))).toBeLessThan(1e-4);
    }
    await Promise.all([whole.dispose(), cut.dispose()]);
  });

  it('is the same for x / alpha at the same noise ratio under another SDE', async () => {
    const [a, b] = [await modelOf(net), await modelOf(net, { sde: ve() })];
    const times = [t, t.map((u) => timeOfNoiseRatio(ve(), noiseRatio(vp(), u)))] as const;
    // Times of the VE SDE whose ratio is out of its range are not compared.
    const alpha = t.map((u) => vp().alpha(u));
    const moved = scale(alpha.map((value) => 1 / value), x); // prettier-ignore
    const known = [...t.keys()].filter(
      (i) => Math.abs(noiseRatio(ve(), times[1][i]!) / noiseRatio(vp(), t[i]!) - 1) < 1e-9,
    );
    expect(known.length).toBeGreaterThan(3);
    const [one, other] = [await a.logProbabilities(x, times[0]), await b.logProbabilities(moved, times[1])];
    expect(distance(takeRows(other, known), takeRows(one, known))).toBeLessThan(1e-4);
    // d/dx = (1 / alpha) d/d(x / alpha).
    const [here, there] = [await a.gradient(classes)(x, times[0]), await b.gradient(classes)(moved, times[1])];
    expect(distance(takeRows(scale(alpha.map((v) => 1 / v), there), known), takeRows(here, known))).toBeLessThan(1e-3); // prettier-ignore
    await Promise.all([a.dispose(), b.dispose()]);
  });
});

it('refuses classes that there are not, other samples, and options out of range', async () => {
  const model = await modelOf(nets[0]![1]);
  expect(() => model.gradient([3])).toThrow(ShapeError);
  const x = normalBatch(keys.slice(0, 2), [2]);
  await expect(model.gradient([0])(x, 0.5)).rejects.toThrow(ShapeError);
  await model.dispose();
  expect(() => classifier([2], { classes: 1 })).toThrow(ConfigError);
  expect(() => classifier([2], { classes: 2, width: 6 })).toThrow(ConfigError);
  expect(() => classifier([2], { classes: 2, depth: 0 })).toThrow(ConfigError);
  expect(() => classifier([1, 6, 8], { classes: 2, depth: 5 })).toThrow(
    /depth: expected at most 4 levels for images of 6x8 pixels, got 5/,
  );
});

it('the loss needs the classes of the samples', () => {
  const sde = vp();
  const net = nets[0]![1];
  const g = graph();
  const objective = crossEntropy({ sde, parametrization: classifierInput(sde) }, { classes: 3 });
  expect(() => objective.write(g, net, siteOf(constantScope(net, randomParams(net), g), 2))).toThrow(InternalError); // prettier-ignore
});
