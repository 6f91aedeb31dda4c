/** @file Passes make programs faster and change no result: every one switched off, on a whole training step and on a score. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeRuntime } from '../../src/backend/native.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { lower } from '../../src/backend/onnx/onnx-rules.ts';
import { unwritten } from '../../src/backend/onnx/onnx-unwritten.ts';
import { passNames, type Pass } from '../../src/backend/passes.ts';
import type { Arrays } from '../../src/backend/program.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { graph, isKind, topological, type Node } from '../../src/graph/node.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { constantScope, initialize } from '../../src/nn/network.ts';
import { transformer } from '../../src/nn/tokens/transformer.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { scoreGraph } from '../../src/score/models/score-model.ts';
import { defaultOptimizer, trainStepGraph } from '../../src/score/train-step.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { newFolder } from '../io/folders.ts';

const folder = newFolder();
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

/** The operators of the program that ONNX Runtime makes of a graph when it leaves out some of its passes; their names and order are not always the same. */
async function prepared(outputs: Readonly<Record<string, Node>>, leftOut: readonly string[]): Promise<string[]> {
  const file = join(folder, 'prepared.onnx');
  const session = await nativeRuntime().InferenceSession.create(lower(outputs, { block: 16 }), {
    optimizedModelFilePath: file,
    logSeverityLevel: 3,
    extra: { optimization: { disable_specified_optimizers: leftOut.join(';') } },
  });
  await session.release();
  const { node } = fromBinary(ModelProtoSchema, readFileSync(file)).graph!;
  return node.map(({ opType, input: read }) => `${opType} of ${read.length}`).sort();
}

describe('passes of ONNX Runtime for what is never written', () => {
  const tokens = transformer([6], { tokens: 5, width: 16, heads: 2, depth: 1 });
  const x = input(graph(), 'x', [2, ...tokens.sampleShape]);
  const scope = constantScope(tokens, initialize(tokens, key(1)), x.graph);
  const odds = tokens.forward(scope, x, input(x.graph, 'label', [2]));
  const unet = ddpmpp([1, 4, 4], { width: 4, multipliers: [1], blocks: 1, attention: [4] });
  const step: Readonly<Record<string, Node>> = trainStepGraph(unet, { batch: 2, objective }, defaultOptimizer).outputs;
  it.each([
    ['training step', step],
    ['score', subjects['score']!],
    ['transformer', { odds }],
  ] as const)('change nothing of a %s', async (_, outputs) => {
    expect(await prepared(outputs, unwritten)).toEqual(await prepared(outputs, []));
  });

  it('are left out by the names that they have', async () => {
    // One that finds something says that names are understood.
    expect(await prepared(step, ['GatherSliceToSplitFusion'])).not.toEqual(await prepared(step, []));
  });
});

it('every pass changes the program that it is of', () => {
  const graphs = Object.values(subjects);
  const bytes = (without: readonly Pass[]): string =>
    graphs.map((graph) => Buffer.from(lower(graph, { block: 16, without })).toString('latin1')).join();
  const all = bytes([]);
  for (const pass of passNames.filter((one) => one !== 'runtime')) expect(bytes([pass]) === all, pass).toBe(false);
});
