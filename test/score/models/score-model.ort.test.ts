/** @file The score model: batches of any size on few programs. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../../src/backend/interpreter.ts';
import { nodeBackend } from '../../../src/backend/ort-node.ts';
import type { Backend } from '../../../src/backend/program.ts';
import { dotPerSample, normPerSample } from '../../../src/base/arith.ts';
import { ShapeError } from '../../../src/base/errors.ts';
import { foldIn, key } from '../../../src/base/key.ts';
import { normal, uniform } from '../../../src/base/random.ts';
import { sizeOf, takeRows, tensor, zeros, type Tensor } from '../../../src/base/tensor.ts';
import { input } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { ddpmpp } from '../../../src/nn/unet/ddpmpp.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { constantScope, layout, type Network, type ParamVectors } from '../../../src/nn/network.ts';
import { scoreNet } from '../../../src/nn/score-net.ts';
import { scoreModel } from '../../../src/score/models/score-model.ts';
import { directScore, edmParametrization, epsilon } from '../../../src/sde/learning/parametrization.ts';
import { sigmaPower } from '../../../src/sde/processes/sigma-power.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { vp } from '../../../src/sde/processes/vp.ts';

/** Parameters of the size of initial ones, with no branch at zero. */
function randomParams(net: Network): ParamVectors {
  const { segments, trained, fixed } = layout(net);
  const vectors = { trained: new Float32Array(trained), fixed: new Float32Array(fixed) };
  for (const { name, shape, begin, end, trainable } of segments) {
    const scale = 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(1))) + 1);
    const values = normal(foldIn(key(1), name), end - begin).map((z) => z * scale);
    (trainable ? vectors.trained : vectors.fixed).set(values, begin);
  }
  return vectors;
}

const models = [
  { net: mlp(2, { width: 16, depth: 2, features: 8 }), process: { sde: vp(), parametrization: epsilon()(vp()) } },
  {
    net: scoreNet([1, 9, 10], { channels: [8, 16], features: 8 }),
    process: { sde: sigmaPower(), parametrization: directScore()(sigmaPower()) },
  },
  {
    net: ddpmpp([3, 4, 8], { width: 4, multipliers: [1, 2], blocks: 1, attention: [4] }),
    process: { sde: ve(), parametrization: edmParametrization()(ve()) },
  },
].map((model) => ({ ...model, kind: model.net.kind, params: randomParams(model.net) }));

const batchOfNoise = (net: Network, rows: number, name = 'x'): Tensor =>
  tensor(normal(foldIn(key(2), name), rows * sizeOf(net.sampleShape)).map(Math.fround), [rows, ...net.sampleShape]);
const timesFor = (rows: number): number[] => [...uniform(key(3), rows)].map((u) => Math.fround(0.05 + 0.9 * u));

/** Largest difference relative to the largest value; 1e-5 is some hundred roundings of float32. */
function distance(found: Tensor, expected: Tensor): number {
  expect(found.shape).toEqual(expected.shape);
  const scale = expected.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return found.data.reduce((most, v, i) => Math.max(most, Math.abs(v - expected.data[i]!)), 0) / scale;
}

/** A backend that counts its programs by the number of values of their input x. */
function counted(backend: Backend): { backend: Backend; compiled: number[]; live: () => number } {
  const compiled: number[] = [];
  let live = 0;
  return {
    compiled,
    live: () => live,
    backend: {
      name: backend.name,
      compile: async (outputs, kept) => {
        const program = await backend.compile(outputs, kept);
        live++;
        const node = Object.values(outputs)[0] as { shape: readonly number[] };
        compiled.push(node.shape[0]!);
        return {
          ...program,
          dispose: () => {
            live--;
            return program.dispose();
          },
        };
      },
    },
  };
}

describe.each(models)('the score of $kind', ({ net, process, params }) => {
  const rows = 7;
  const x = batchOfNoise(net, rows);
  const times = timesFor(rows);

  it('is skip x + out F(inScale x, label), by the interpreter and by ONNX Runtime', async () => {
    const g = graph();
    const raw = net.forward(constantScope(net, params, g), input(g, 'x', x.shape), input(g, 'label', [rows]));
    const size = sizeOf(net.sampleShape);
    const { parametrization: p } = process;
    const ofRow = (i: number): number => times[Math.floor(i / size)]!;
    const scaled = x.data.map((v, i) => v * p.inScale(ofRow(i)));
    const [f] = evaluate([raw], { x: scaled, label: times.map((t) => Math.fround(p.label(t))) });
    const byHand = tensor(
      f!.map((v, i) => p.skip(ofRow(i)) * x.data[i]! + p.out(ofRow(i)) * v),
      x.shape,
    );
    for (const backend of [interpreter(), nodeBackend({ threads: 1 })]) {
      const model = scoreModel(backend, net, { params, process });
      expect(distance(await model.score(x, times), byHand), backend.name).toBeLessThan(1e-5);
      await model.dispose();
    }
  });

  it('does not depend on how rows are grouped, filled up and cut', async () => {
    const whole = scoreModel(nodeBackend({ threads: 1 }), net, { params, process, maxBatch: 8 });
    const expected = await whole.score(x, times);
    for (const maxBatch of [1, 3, 4]) {
      const model = scoreModel(nodeBackend({ threads: 1 }), net, { params, process, maxBatch });
      expect(distance(await model.score(x, times), expected), `maxBatch ${maxBatch}`).toBeLessThan(1e-5);
      await model.dispose();
    }
    for (const part of [[0], [4, 2], [6, 5, 2, 3, 0]]) {
      const some = await whole.score(takeRows(x, part), part.map((i) => times[i]!)); // prettier-ignore
      expect(distance(some, takeRows(expected, part))).toBeLessThan(1e-5);
    }
    expect(await whole.score(x, 0.5)).toEqual(await whole.score(x, Array<number>(rows).fill(0.5)));
    await whole.dispose();
  });

  it('has the derivative that central differences find', async () => {
    const v = batchOfNoise(net, rows, 'v');
    const model = scoreModel(interpreter(), net, { params, process, maxBatch: 4 });
    const { score, jvp } = await model.scoreJvp(x, times, v);
    expect(score).toEqual(await model.score(x, times));
    // The interpreter's results are float32: at h = 1e-2 rounding is 1e-5 of the score, and truncation h^4.
    const h = 1e-2;
    const at = async (c: number): Promise<Float64Array> =>
      (await model.score(tensor(x.data.map((xi, i) => xi + c * v.data[i]!), x.shape), times)).data; // prettier-ignore
    const [a, b, c, d] = [await at(h), await at(-h), await at(2 * h), await at(-2 * h)];
    const slope = a.map((ai, i) => (8 * (ai - b[i]!) - (c[i]! - d[i]!)) / (12 * h));
    const largest = (values: Float64Array): number => Math.max(...values.map(Math.abs));
    const error = largest(slope.map((s, i) => s - jvp.data[i]!));
    expect(error / (largest(score.data) + largest(jvp.data))).toBeLessThan(1e-3);
    const ort = scoreModel(nodeBackend({ threads: 1 }), net, { params, process, maxBatch: 4 });
    const native = await ort.scoreJvp(x, times, v);
    expect(distance(native.jvp, jvp)).toBeLessThan(3e-5);
    await ort.dispose();
    await model.dispose();
  });

  it.each([interpreter(), nodeBackend({ threads: 1 })])('is pulled back by the transpose, $name', async (backend) => {
    const model = scoreModel(backend, net, { params, process, maxBatch: 4 });
    const [v, w] = [batchOfNoise(net, rows, 'v'), batchOfNoise(net, rows, 'w')];
    const forward = await model.scoreJvp(x, times, v);
    const backward = await model.scoreVjp(x, times, w);
    expect(distance(backward.score, forward.score)).toBeLessThan(1e-5);
    // <J^T w, v> = <w, J v> for each sample, to the float32 rounding of a sum of terms of this size.
    const [pulled, pushed] = [dotPerSample(backward.vjp, v), dotPerSample(w, forward.jvp)];
    const [wNorms, jvpNorms] = [normPerSample(w), normPerSample(forward.jvp)];
    pulled.forEach((dot, i) => expect(Math.abs(dot - pushed[i]!) / (wNorms[i]! * jvpNorms[i]!)).toBeLessThan(3e-5));
    expect(Math.max(...pulled.map(Math.abs))).toBeGreaterThan(0.01);
    await model.dispose();
  });
});

describe('programs of a score model', () => {
  const { net, process, params } = models[0]!;

  it('are compiled once for each power of two up to the largest batch', async () => {
    const { backend, compiled } = counted(interpreter());
    const model = scoreModel(backend, net, { params, process, maxBatch: 6 });
    for (const rows of [1, 2, 3, 4, 3, 1, 5, 6, 13]) await model.score(batchOfNoise(net, rows), 0.5);
    expect(compiled).toEqual([1, 2, 4, 6]);
    await model.dispose();
  });

  it('are compiled once also for calls at the same time', async () => {
    const { backend, compiled } = counted(interpreter());
    const model = scoreModel(backend, net, { params, process });
    const x = batchOfNoise(net, 3);
    const [a, b] = await Promise.all([model.score(x, 0.5), model.score(x, 0.5)]);
    expect(a).toEqual(b);
    expect(compiled).toEqual([4]);
    await model.dispose();
  });

  it('are all disposed of', async () => {
    const { backend, live } = counted(nodeBackend({ threads: 1 }));
    const model = scoreModel(backend, net, { params, process, maxBatch: 4 });
    await model.score(batchOfNoise(net, 7), 0.5);
    await model.score(batchOfNoise(net, 1), 0.5);
    await model.scoreJvp(batchOfNoise(net, 2), 0.5, batchOfNoise(net, 2));
    await model.scoreVjp(batchOfNoise(net, 2), 0.5, batchOfNoise(net, 2));
    expect(live()).toBe(4);
    await model.dispose();
    expect(live()).toBe(0);
    await model.dispose();
    expect(live()).toBe(0);
  });

  it('are not made after disposing', async () => {
    const { backend, live } = counted(interpreter());
    const model = scoreModel(backend, net, { params, process });
    await model.score(batchOfNoise(net, 1), 0.5);
    await model.dispose();
    await expect(model.score(batchOfNoise(net, 1), 0.5)).rejects.toThrow('after it had been disposed of');
    expect(live()).toBe(0);
  });

  it('that fail to compile do not keep the others from being disposed of', async () => {
    const { backend, live } = counted(interpreter());
    let broken = true;
    const failing: Backend = {
      name: 'failing once',
      compile: (outputs) => (broken ? Promise.reject(new Error('no memory')) : backend.compile(outputs)),
    };
    const model = scoreModel(failing, net, { params, process });
    await expect(model.score(batchOfNoise(net, 1), 0.5)).rejects.toThrow('no memory');
    broken = false;
    await model.score(batchOfNoise(net, 1), 0.5);
    await model.dispose();
    expect(live()).toBe(0);
  });

  it('need a largest batch of at least one', () => {
    expect(() => scoreModel(interpreter(), net, { params, process, maxBatch: 0 })).toThrow('positive integer');
  });

  it('refuse samples of another shape and lists of times of another length', async () => {
    const model = scoreModel(interpreter(), net, { params, process });
    await expect(model.score(zeros([2, 3]), 0.5)).rejects.toThrow(/^x: expected shape .* got \[2,3\]$/);
    await expect(model.score(zeros([2, 2, 1]), 0.5)).rejects.toThrow(ShapeError);
    await expect(model.score(zeros([2, 2]), [0.5])).rejects.toThrow('expected 2 times, one per sample, got 1');
    await expect(model.scoreJvp(zeros([2, 2]), 0.5, zeros([2, 3]))).rejects.toThrow(
      /^v: expected shape .* got \[2,3\]$/,
    );
    await expect(model.scoreJvp(zeros([2, 2]), 0.5, zeros([1, 2]))).rejects.toThrow(/^v: expected shape/);
    await expect(model.scoreVjp(zeros([2, 2]), 0.5, zeros([1, 2]))).rejects.toThrow(/^w: expected shape/);
    await model.dispose();
  });
});
