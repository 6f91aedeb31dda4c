/** @file The score of a network given classes, which are of samples and not of rows. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { combine, dotPerSample } from '../../src/base/arith.ts';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal, normalBatch } from '../../src/base/random.ts';
import { sizeOf, takeRows, type Tensor } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { logLikelihood } from '../../src/likelihood/log-likelihood.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { energyNetwork } from '../../src/nn/energy.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { constantScope, layout, type Network, type ParamVectors } from '../../src/nn/network.ts';
import { withVariance } from '../../src/nn/with-variance.ts';
import { gottaGoFast } from '../../src/sample/adaptive/gotta-go-fast.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { finish } from '../../src/sample/sampler.ts';
import { conditionRows } from '../../src/score/models/condition-rows.ts';
import { scoreModel, type ScoreModel } from '../../src/score/models/score-model.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';

const process = { sde: vp(), parametrization: epsilon()(vp()) };
const classes = [2, 0, undefined, 1, 0, 2, 1];
const keys = split(key(5), classes.length);
const t = classes.map((_, i) => 0.1 + 0.12 * i);

/** Parameters of the size of initial ones, with no branch at zero. */
function randomParams(net: Network): ParamVectors {
  const { trained, fixed } = layout(net);
  const values = (name: string, n: number): Float32Array =>
    Float32Array.from(normal(foldIn(key(1), name), n), (z) => 0.3 * z);
  return { trained: values('trained', trained), fixed: values('fixed', fixed) };
}

const small = { width: 4, multipliers: [1], blocks: 1, attention: [] };
const point = (classes = 3): Network => mlp(2, { width: 8, depth: 2, features: 4, classes });
const nets: readonly (readonly [string, Network])[] = [
  ['mlp', point()],
  ['ddpmpp', ddpmpp([1, 4, 4], { ...small, classes: 3 })],
  ['energy of mlp', energyNetwork(point())],
  ['mlp with variance', withVariance([2], ([d = 1]) => mlp(d, { width: 8, depth: 2, features: 4, classes: 3 }))],
];

function modelOf(net: Network, maxBatch = 8): ScoreModel {
  return scoreModel(nodeBackend({ threads: 1 }), net, { params: randomParams(net), process, maxBatch });
}

/** Largest difference relative to the largest value. */
function distance(found: Tensor, expected: Tensor): number {
  const scale = expected.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return found.data.reduce((most, v, i) => Math.max(most, Math.abs(v - expected.data[i]!)), 0) / scale;
}

describe.each(nets)('the score of %s given classes', (_, net) => {
  const x = normalBatch(keys, net.sampleShape);

  it('is that of the network with their one-hot rows', async () => {
    const model = modelOf(net);
    const g = graph();
    const size = sizeOf(net.sampleShape);
    const nodes = [input(g, 'x', x.shape), input(g, 'label', [7]), input(g, 'classes', [7, 3])] as const;
    const [raw] = evaluate([net.forward(constantScope(net, randomParams(net), g), ...nodes)], {
      x: x.data,
      label: t.map((u) => process.parametrization.label(u)),
      classes: conditionRows(classes, 3),
    });
    // The score is the first part of the output, if there are two.
    const part = (net.parts ?? 1) * size;
    const data = x.data.map((v, j) => {
      const [i, at] = [Math.floor(j / size), j % size];
      const { parametrization: p } = process;
      return p.skip(t[i]!) * v + p.out(t[i]!) * raw![i * part + at]!;
    });
    // 1e-5 is some hundred roundings of float32.
    expect(distance(await model.given(classes).score(x, t), { shape: x.shape, data })).toBeLessThan(1e-5);
    await model.dispose();
  });

  it('stays with its sample through chunks and parts of a batch', async () => {
    const [whole, cut] = [modelOf(net), modelOf(net, 2)];
    const expected = await whole.given(classes).score(x, t);
    expect(distance(await cut.given(classes).score(x, t), expected)).toBeLessThan(1e-5);
    for (const rows of [[0], [4, 2], [6, 5, 2, 3, 0]]) {
      const own = [takeRows(x, rows), rows.map((i) => t[i]!)] as const;
      for (const model of [whole, cut])
        expect(distance(await model.given(classes).score(...own, rows), takeRows(expected, rows))).toBeLessThan(1e-5);
    }
    await Promise.all([whole.dispose(), cut.dispose()]);
  });

  it('has its derivatives, of the same parts of a batch', async () => {
    const model = modelOf(net);
    const given = model.given(classes);
    const rows = [5, 1, 3];
    const [own, times] = [takeRows(x, rows), rows.map((i) => t[i]!)];
    const [v, w] = ['v', 'w'].map((name) => normalBatch(rows.map((i) => foldIn(keys[i]!, name)), net.sampleShape)) as [Tensor, Tensor]; // prettier-ignore
    const { score, jvp } = await given.scoreJvp(own, times, v, rows);
    expect(distance(score, await given.score(own, times, rows))).toBeLessThan(1e-5);
    const { vjp } = await given.scoreVjp(own, times, w, rows);
    const [forward, backward] = [dotPerSample(w, jvp), dotPerSample(v, vjp)];
    forward.forEach((value, i) => expect(backward[i]! / value).toBeCloseTo(1, 3));
    // Central differences of float32 values: 1e-7 / 1e-2 of rounding, 1e-4 of curvature.
    const h = 1e-2;
    const [ahead, back] = [await given.score(combine([1, own], [h, v]), times, rows), await given.score(combine([1, own], [-h, v]), times, rows)]; // prettier-ignore
    expect(distance(combine([0.5 / h, ahead], [-0.5 / h, back]), jvp)).toBeLessThan(2e-3);
    await model.dispose();
  });

  it('is that of all classes where none is given, bit for bit, and another one where one is', async () => {
    const model = modelOf(net);
    const free = await model.score(x, t);
    expect(await model.given(classes.map(() => undefined)).score(x, t)).toEqual(free);
    const given = await model.given(classes).score(x, t);
    classes.forEach((label, i) => {
      const gap = distance(takeRows(given, [i]), takeRows(free, [i]));
      if (label === undefined) expect(gap).toBe(0);
      else expect(gap).toBeGreaterThan(1e-3);
    });
    await model.dispose();
  });
});

it('the variance of the reverse steps is of the class too, with or without a score before', async () => {
  const net = nets[3]![1];
  const x = normalBatch(keys, [2]);
  const model = modelOf(net);
  const [given, free] = [model.given(classes), model];
  const variance = await given.reverseVariance!(x, t);
  await free.score(x, t);
  await given.score(x, t);
  expect(await given.reverseVariance!(x, t)).toEqual(variance);
  expect(await free.reverseVariance!(x, t)).not.toEqual(variance);
  await model.dispose();
});

// Samples end at different times, so that these ask for ever smaller parts of the batch.
it.each([
  ['probability flow', probabilityFlow({ rtol: 1e-3, atol: 1e-3 })],
  ['gotta go fast', gottaGoFast({ rtol: 0.1, atol: 0.05 })],
])('each sample of %s has its class, whatever else is in the batch', async (_, sampler) => {
  // Steps of one sample must not differ by the float32 rounding of another program: the interpreter has none.
  const net = point();
  const model = scoreModel(interpreter(), net, { params: randomParams(net), process });
  const draw = async (rows: readonly number[]): Promise<Tensor> => {
    const { score } = model.given(rows.map((i) => classes[i]));
    const request = { sde: process.sde, score, shape: [2], keys: rows.map((i) => keys[i]!) };
    return (await finish(sampler(request))).x;
  };
  const rows = [0, 1, 3];
  const whole = await draw(rows);
  for (const [at, row] of rows.entries()) expect(takeRows(whole, [at])).toEqual(await draw([row]));
  await model.dispose();
});

it('each log density is given the class of its sample, whatever else is in the batch', async () => {
  const net = point();
  const model = scoreModel(interpreter(), net, { params: randomParams(net), process });
  const x = normalBatch(keys, [2]);
  const density = async (rows: readonly number[]): Promise<number[]> => {
    const { scoreJvp } = model.given(rows.map((i) => classes[i]));
    const request = { sde: process.sde, scoreJvp, keys: rows.map((i) => keys[i]!) };
    const options = { trace: { kind: 'exact' }, rtol: 1e-2, atol: 1e-2 } as const;
    return [...(await logLikelihood(request, takeRows(x, rows), options)).logDensityNats];
  };
  const rows = [0, 1, 3];
  const whole = await density(rows);
  for (const [at, row] of rows.entries()) expect(await density([row])).toEqual([whole[at]]);
  await model.dispose();
});

it('refuses classes that are none, samples without a class, and networks without classes', async () => {
  const model = modelOf(point());
  expect(() => model.given([0, 3])).toThrow(/integers of 0 to 2, got 3 for sample 1/);
  expect(() => model.given([0.5])).toThrow(ShapeError);
  const x = normalBatch(keys.slice(0, 2), [2]);
  await expect(model.given([0]).score(x, 0.5)).rejects.toThrow(ShapeError);
  await expect(model.given([0, 1]).score(x, 0.5, [0, 2])).rejects.toThrow(ShapeError);
  expect(() => modelOf(point(0)).given([0])).toThrow(ConfigError);
  await model.dispose();
});
