/** @file Encoded models, read back by an independent implementation of the ONNX schema. */
import { fromBinary, type MessageShape } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { AttributeProto_AttributeType as AttributeType, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import {
  encodeModel,
  type OnnxAttribute,
  type OnnxInitializer,
  type OnnxModel,
} from '../../../src/backend/onnx/onnx-model.ts';
import { lower } from '../../../src/backend/onnx/onnx-rules.ts';
import { inputsOf } from '../../../src/backend/program.ts';
import { sizeOf, type Shape } from '../../../src/base/tensor.ts';
import { topological } from '../../../src/graph/node.ts';
import { ddpmpp } from '../../../src/nn/unet/ddpmpp.ts';
import { denoising } from '../../../src/score/objectives/denoising.ts';
import { defaultOptimizer, trainStepGraph } from '../../../src/score/train-step.ts';
import { epsilon } from '../../../src/sde/learning/parametrization.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { allCases, instantiate } from '../../graph/cases.ts';

fc.configureGlobal({ seed: 1 });

type Model = MessageShape<typeof ModelProtoSchema>;
type Graph = NonNullable<Model['graph']>;
type Attribute = Graph['node'][number]['attribute'][number];

const floatType: number = TensorProto_DataType.FLOAT;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function decodeAttribute({ type, i, s, f, ints }: Attribute): OnnxAttribute {
  if (type === AttributeType.INT) return Number(i);
  if (type === AttributeType.STRING) return text(s);
  if (type === AttributeType.FLOAT) return { float: f };
  expect(type).toBe(AttributeType.INTS);
  return ints.map(Number);
}

function decodeInitializer({ dims, dataType, name, rawData }: Graph['initializer'][number]): OnnxInitializer {
  const buffer = rawData.slice().buffer;
  const float = dataType === floatType;
  if (!float) expect(dataType).toBe(TensorProto_DataType.INT64);
  return { name, shape: dims.map(Number), data: float ? new Float32Array(buffer) : new BigInt64Array(buffer) };
}

function decodeValue({ name, type }: Graph['input'][number]): { name: string; shape: Shape } {
  if (type?.value.case !== 'tensorType') throw new Error(`${name} is no tensor`);
  expect(type.value.value.elemType).toBe(TensorProto_DataType.FLOAT);
  const sizes = type.value.value.shape?.dim.map(({ value }) => {
    if (value.case !== 'dimValue') throw new Error(`${name} has a dynamic axis`);
    return Number(value.value);
  });
  return { name, shape: sizes ?? [] };
}

function decode(bytes: Uint8Array): OnnxModel & { opsets: Record<string, number>; irVersion: number } {
  const model = fromBinary(ModelProtoSchema, bytes);
  const graph = model.graph!;
  return {
    irVersion: Number(model.irVersion),
    opsets: Object.fromEntries(model.opsetImport.map(({ domain, version }) => [domain, Number(version)])),
    nodes: graph.node.map(({ opType, domain, input, output, attribute }) => ({
      op: opType,
      domain: domain as OnnxModel['nodes'][number]['domain'],
      inputs: input,
      outputs: output,
      attributes: Object.fromEntries(attribute.map((a) => [a.name, decodeAttribute(a)])),
    })),
    initializers: graph.initializer.map(decodeInitializer),
    inputs: graph.input.map(decodeValue),
    outputs: graph.output.map(decodeValue),
  };
}

const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
const attribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  fc.maxSafeInteger(),
  fc.array(fc.maxSafeInteger(), { maxLength: 6 }),
  name,
  fc.float({ noNaN: true }).map((float) => ({ float })),
);
const value = fc.record({ name, shape });
const initializer: fc.Arbitrary<OnnxInitializer> = fc
  .tuple(value, fc.boolean(), fc.integer())
  .map(([v, float, from]) => ({
    ...v,
    data: float
      ? Float32Array.from({ length: sizeOf(v.shape) }, (_, i) => from / 7 + i)
      : BigInt64Array.from({ length: sizeOf(v.shape) }, (_, i) => BigInt(from) - BigInt(i)),
  }));
const model: fc.Arbitrary<OnnxModel> = fc.record({
  nodes: fc.array(
    fc.record({
      op: name,
      domain: fc.constantFrom('' as const, 'com.microsoft' as const, 'com.microsoft.nchwc' as const),
      inputs: fc.array(fc.oneof(name, fc.constant('')), { maxLength: 4 }),
      outputs: fc.array(name, { maxLength: 3 }),
      attributes: fc.dictionary(name, attribute, { maxKeys: 5, noNullPrototype: true }),
    }),
    { maxLength: 5 },
  ),
  initializers: fc.array(initializer, { maxLength: 4 }),
  inputs: fc.array(value, { maxLength: 3 }),
  outputs: fc.array(value, { maxLength: 3 }),
});

describe('an encoded model', () => {
  it('contains every field of its description', () => {
    fc.assert(
      fc.property(model, (description) => {
        const { irVersion, opsets, ...found } = decode(encodeModel(description));
        expect(found).toEqual(description);
        expect(irVersion).toBe(8);
        const domains = new Set(['', ...description.nodes.map(({ domain }) => domain)]);
        expect(new Set(Object.keys(opsets))).toEqual(domains);
        expect(opsets['']).toBe(17);
      }),
    );
  });

  it('contains every kind of attribute, the part of a larger array, and a scalar', () => {
    const whole = Float32Array.of(9, 1, 2, 9);
    const description: OnnxModel = {
      nodes: [
        {
          op: 'Everything',
          domain: 'com.microsoft',
          inputs: ['x', '', 'c'],
          outputs: ['y'],
          attributes: { int: -1, ints: [0, -2, 2 ** 40], none: [], string: 'nearest', float: { float: 0.1 } },
        },
      ],
      initializers: [
        { name: 'c', shape: [2], data: whole.subarray(1, 3) },
        { name: 'scalar', shape: [], data: Float32Array.of(-0.5) },
        { name: 'sizes', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
      ],
      inputs: [{ name: 'x', shape: [2, 3] }],
      outputs: [{ name: 'y', shape: [] }],
    };
    const [node] = decode(encodeModel(description)).nodes;
    expect(node!.attributes).toEqual({ ...description.nodes[0]!.attributes, float: { float: Math.fround(0.1) } });
    expect(decode(encodeModel(description)).initializers).toEqual(description.initializers);
  });
});

/** Laws of every model that a graph is lowered to. */
function expectSound({ nodes, initializers, inputs, outputs, opsets }: ReturnType<typeof decode>): void {
  const known = new Set<string>();
  const define = (defined: string): void => {
    expect(known.has(defined), `${defined} is defined twice`).toBe(false);
    known.add(defined);
  };
  for (const { name: initial, shape: sizes, data } of initializers) {
    define(initial);
    expect(data.length, initial).toBe(sizeOf(sizes));
  }
  inputs.forEach((input) => define(input.name));
  for (const node of nodes) {
    for (const input of node.inputs)
      if (input !== '') expect(known.has(input), `${node.op} reads ${input} too early`).toBe(true);
    expect(opsets[node.domain]).toBeDefined();
    node.outputs.forEach(define);
  }
  for (const output of outputs) expect(known.has(output.name), output.name).toBe(true);
  const used = new Set([...nodes.flatMap((node) => node.inputs), ...outputs.map((output) => output.name)]);
  for (const { name: initial } of initializers) expect(used.has(initial), `${initial} is used`).toBe(true);
}

describe('a lowered graph', () => {
  it.each(allCases)('is a sound model: $name', (c) => {
    const { y } = instantiate(c);
    for (const dialect of [{}, { block: 8 }, { block: 16 }, { portable: true }]) {
      const decoded = decode(lower({ y }, dialect));
      expectSound(decoded);
      if ('portable' in dialect) expect(Object.keys(decoded.opsets)).toEqual(['']);
      expect(decoded.inputs.map((input) => input.name)).toEqual(inputsOf({ y }).map(({ attrs }) => attrs.name));
      expect(decoded.outputs).toEqual([{ name: 'y', shape: y.shape }]);
    }
  });

  it('is a sound model where it is a whole training step', () => {
    const net = ddpmpp([3, 16, 16], { width: 16, multipliers: [1, 2], blocks: 1, dropout: 0.1 });
    const objective = denoising({ sde: vp(), parametrization: epsilon()(vp()) });
    const { outputs } = trainStepGraph(net, { batch: 2, objective }, defaultOptimizer);
    const operations = topological(Object.values(outputs)).filter(
      ({ kind }) => kind !== 'input' && kind !== 'constant',
    );
    for (const block of [undefined, 16]) {
      const decoded = decode(lower(outputs, { block }));
      expectSound(decoded);
      expect(decoded.outputs.map((output) => output.name)).toEqual(Object.keys(outputs));
      // Most operations are one call; a few are several, and a few share a call.
      expect(decoded.nodes.length).toBeGreaterThan(0.9 * operations.length);
      expect(decoded.nodes.length).toBeLessThan(3 * operations.length);
      expect(decoded.nodes.some(({ domain }) => domain === 'com.microsoft.nchwc')).toBe(block !== undefined);
    }
  });
});
