/** @file Passes make programs faster and change no result: every one switched off, on a whole training step and on a score. */
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { lower } from '../../src/backend/onnx/onnx-rules.ts';
import { passNames, type Pass } from '../../src/backend/passes.ts';
import type { Arrays } from '../../src/backend/program.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { isKind, topological, type Node } from '../../src/graph/node.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { initialize } from '../../src/nn/network.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { scoreGraph } from '../../src/score/models/score-model.ts';
import { defaultOptimizer, trainStepGraph } from '../../src/score/train-step.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';

const sde = vp();
const net = ddpmpp([1, 8, 8], { width: 16, multipliers: [1, 2], blocks: 1 });
const objective = denoising({ sde, parametrization: epsilon()(sde) });
const params = initialize(net, key(1));
const subjects: Readonly<Record<string, Readonly<Record<string, Node>>>> = {
  'training step': trainStepGraph(net, { batch: 4, objective }, defaultOptimizer).outputs,
  score: { score: scoreGraph(net, params, 4) },
};

function feedsOf(outputs: Readonly<Record<string, Node>>): Arrays {
  const zeros = new Float32Array(params.trained.length);
  const known: Arrays = { params: params.trained, ema: params.trained, m: zeros, v: zeros, fixed: params.fixed };
  const numbers = { numbers: Float32Array.of(1e-4, 10, 1000, 0.9), weight: new Float32Array(4).fill(0.25) };
  const given: Arrays = { ...known, ...numbers };
  const inputs = topological(Object.values(outputs)).filter((node) => isKind(node, 'input'));
  return Object.fromEntries(
    inputs.map(({ attrs: { name }, shape }) => [
      name,
      given[name] ?? Float32Array.from(normal(key(2), sizeOf(shape)), Math.abs),
    ]),
  );
}

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

async function results(outputs: Readonly<Record<string, Node>>, without: readonly Pass[]): Promise<Arrays> {
  const program = await nodeBackend({ threads: 1, without }).compile(outputs);
  const found = await program.run(feedsOf(outputs));
  await program.dispose();
  return found;
}

describe.each(Object.entries(subjects))('%s', (_, outputs) => {
  let expected: Arrays;
  beforeAll(async () => {
    expected = await results(outputs, []);
  });

  it.each([...passNames.map((pass) => [pass]), [...passNames]])('is the same without %s', async (...without) => {
    const found = await results(outputs, without);
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      // Adam's first step is lr g / (|g| + epsilon), whose sign roundings decide where g is 0: of it, the moments tell.
      if (name === 'params' || name === 'ema') continue;
      const apart = norm(value.map((v, i) => v - found[name]![i]!));
      expect(apart, name).toBeLessThan(1e-5 * norm(value));
    }
  });
});

it('every pass changes the program that it is of', () => {
  const graphs = Object.values(subjects);
  const bytes = (without: readonly Pass[]): string =>
    graphs.map((graph) => Buffer.from(lower(graph, { block: 16, without })).toString('latin1')).join();
  const all = bytes([]);
  for (const pass of passNames.filter((one) => one !== 'runtime')) expect(bytes([pass]) === all, pass).toBe(false);
});
