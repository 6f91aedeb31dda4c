/** @file Networks of two parts: their outputs, and the score model that has both. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import type { Backend } from '../../src/backend/program.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf, tensor } from '../../src/base/tensor.ts';
import { add, concat, input, mul, reshape, sin, slice } from '../../src/graph/build.ts';
import { graph } from '../../src/graph/node.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { constantScope, initialize, network, type Forward } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import { withVariance } from '../../src/nn/with-variance.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish } from '../../src/sample/sampler.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { formula } from './loss-of.ts';

const sde = vp();
const process = { sde, parametrization: epsilon()(sde) };
const none = { trained: new Float32Array(), fixed: new Float32Array() };

describe.each([
  withVariance([2], ([d = 2]) => mlp(d, { width: 8, depth: 2, features: 4 })),
  withVariance([1, 7, 8], (shape) => scoreNet(shape, { channels: [8, 16], features: 6 })),
  withVariance([3, 4, 4], (shape) => ddpmpp(shape, { width: 4, multipliers: [1], blocks: 1, attention: [] })),
])('a doubled $kind', (net) => {
  it('has the samples of the plain one and twice its output', () => {
    const g = graph();
    const [channels = 1, ...rest] = net.sampleShape;
    const x = input(g, 'x', [5, ...net.sampleShape]);
    const output = net.forward(constantScope(net, initialize(net, key(1)), g), x, input(g, 'label', [5]));
    expect(output.shape).toEqual([5, 2 * channels, ...rest]);
    expect(net.parts).toBe(2);
  });
});

/** A backend that counts how often its programs run. */
function counted(backend: Backend): { backend: Backend; runs: () => number } {
  let runs = 0;
  return {
    runs: () => runs,
    backend: {
      name: backend.name,
      compile: async (outputs, kept) => {
        const program = await backend.compile(outputs, kept);
        return { ...program, run: (feeds) => ((runs += 1), program.run(feeds)) };
      },
    },
  };
}

describe.each([interpreter(), nodeBackend({ threads: 1 })])('the score model of two parts by $name', (plain) => {
  const shape = [2, 1, 2];
  const net = { ...formula(shape, (_scope, x) => concat([sin(x), mul(x, 0.25)], 1)), parts: 2 };
  const rows = 3;
  const x = tensor(normal(key(2), rows * sizeOf(shape)).map(Math.fround), [rows, ...shape]);

  it('has the score of the first part and the variance of the second, at the cost of one', async () => {
    const { backend, runs } = counted(plain);
    const model = scoreModel(backend, net, { params: none, process });
    const t = 0.4;
    const score = await model.score(x, t);
    const place = await model.reverseVariance!(x, t);
    expect(runs()).toBe(1);
    x.data.forEach((value, j) => {
      expect(score.data[j]! * -sde.sigma(t)).toBeCloseTo(Math.sin(value), 5);
      expect(place.data[j]!).toBeCloseTo(0.25 * value, 6);
    });
    expect(place.shape).toEqual(x.shape);
    // Another time is another evaluation, whichever is asked for first.
    const later = await model.reverseVariance!(x, [0.4, 0.4, 0.4]);
    expect(later.data).toEqual(place.data);
    expect(runs()).toBe(2);
    const { jvp } = await model.scoreJvp(x, t, x);
    x.data.forEach((value, j) => expect(jvp.data[j]! * -sde.sigma(t)).toBeCloseTo(value * Math.cos(value), 5));
    await model.dispose();
    await expect(model.score(tensor(x.data, x.shape), t)).rejects.toThrow(/disposed/);
  });

  it('costs ancestral sampling one evaluation a step, also where two draws take turns', async () => {
    const { backend, runs } = counted(plain);
    const model = scoreModel(backend, net, { params: none, process });
    const sampler = predictorCorrector({ predictor: ancestral(), steps: 5, denoiseLast: false });
    const draws = [1, 2].map((seed) => finish(sampler({ ...model, sde, shape, keys: split(key(seed), rows) })));
    for (const { evals } of await Promise.all(draws)) expect(evals).toEqual([5, 5, 5]);
    expect(runs()).toBe(2 * 5);
    await model.dispose();
  });

  it('has the parts of the samples that are asked for, not of others with the same state', async () => {
    const told: Forward = (_scope, y, _label, classes) => {
      const level = reshape(slice(classes!, 1, { begin: 1, end: 2 }), [y.shape[0]!, 1, 1, 1]);
      return concat([add(y, level), mul(y, 0.25)], 1);
    };
    const withClasses = { ...network('told', shape, told, { classes: 2 }), parts: 2 };
    const model = scoreModel(plain, withClasses, { params: none, process });
    const given = model.given([0, 1, 0, 1]);
    const two = tensor(x.data.slice(0, 8), [2, ...shape]);
    const scores = async (rows: readonly number[]): Promise<number[]> => {
      const { data } = await given.score(two, 0.4, rows);
      return Array.from(data, (value, j) => value * -sde.sigma(0.4) - two.data[j]!);
    };
    const half = (class_: number): number[] => new Array<number>(sizeOf(shape)).fill(class_);
    for (const [rows, classes] of [
      [
        [0, 1],
        [0, 1],
      ],
      [
        [1, 2],
        [1, 0],
      ],
      [
        [1, 3],
        [1, 1],
      ],
    ] as const)
      (await scores(rows)).forEach((value, j) => expect(value).toBeCloseTo(classes.flatMap(half)[j]!, 5));
    // Two samples of four, and nobody says which.
    await expect(given.score(two, 0.4)).rejects.toThrow(/expected samples of the 4 whose classes are given, got 2/);
    await model.dispose();
  });

  it('evaluates again after a failure', async () => {
    let broken = true;
    const backend: Backend = {
      name: plain.name,
      compile: (outputs) => (broken ? Promise.reject(new Error('no memory')) : plain.compile(outputs)),
    };
    const model = scoreModel(backend, net, { params: none, process });
    await expect(model.score(x, 0.4)).rejects.toThrow('no memory');
    broken = false;
    const { data } = await model.score(x, 0.4);
    expect(data[0]! * -sde.sigma(0.4)).toBeCloseTo(Math.sin(x.data[0]!), 5);
    await model.dispose();
  });

  it('has no variance where the network has one part', async () => {
    const model = scoreModel(
      plain,
      formula(shape, (_scope, y) => sin(y)),
      { params: none, process },
    );
    expect(model.reverseVariance).toBeUndefined();
    await model.dispose();
  });
});
