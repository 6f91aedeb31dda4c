import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { blockedRules } from '../../../src/backend/onnx/onnx-blocked.ts';
import { lowerModel } from '../../../src/backend/onnx/onnx-rules.ts';
import { onnxRuntime } from '../../../src/backend/ort.ts';
import { nodeBackend } from '../../../src/backend/ort-node.ts';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { sizeOf } from '../../../src/base/tensor.ts';
import * as b from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph, isKind, topological, type Node } from '../../../src/graph/node.ts';

const [batch, channels, side] = [3, 32, 8];

/** A pair of images that come from convolutions, to be joined by an operation and read by another convolution. */
interface Images {
  readonly x: Node;
  readonly y: Node;
  /** A value for each channel of each image. */
  readonly shift: Node;
  readonly gain: Node;
  readonly bias: Node;
}

/** Operations that may stay in blocks, by the kind of their rule. */
const chains: Readonly<Record<string, Readonly<Record<string, (images: Images) => Node>>>> = {
  conv: { 'of a blocked image': ({ x }) => x },
  convInputGrad: {
    'of a blocked image': ({ x }) => {
      const kernel = b.input(x.graph, 'adjoint', [channels, channels, 3, 3]);
      return b.convInputGrad(x, kernel, { stride: 1, pad: 1, shape: x.shape });
    },
  },
  silu: { 'of an image': ({ x }) => b.silu(x) },
  sigmoid: { 'of an image': ({ x }) => b.sigmoid(x) },
  tanh: { 'of an image': ({ x }) => b.tanh(x) },
  neg: { 'of an image': ({ x }) => b.neg(x) },
  maximum: { 'of an image and zero': ({ x }) => b.maximum(x, 0) },
  add: {
    'of two images': ({ x, y }) => b.add(x, y),
    'of two images that something else reads': ({ x, y }) => b.add(b.add(x, y), b.add(b.silu(x), b.silu(y))),
    'of an image and itself': ({ x }) => b.add(x, x),
    'of an image and a value for each channel': ({ x, shift }) => b.silu(b.add(x, shift)),
    'of a bias and an image': ({ x, bias }) => b.silu(b.add(b.reshape(bias, [1, channels, 1, 1]), x)),
    'of a number': ({ x }) => b.add(x, 0.5),
  },
  mul: {
    'of two images': ({ x, y }) => b.mul(x, y),
    'of an image and a value for each channel': ({ x, shift }) => b.mul(shift, x),
    'of a number': ({ x }) => b.mul(x, Math.SQRT1_2),
  },
  groupNorm: {
    'of an image': ({ x, gain, bias }) => b.groupNorm(x, { gain, bias }, { groups: 8, epsilon: 1e-6 }),
    'of a shifted image': ({ x, gain, bias, shift }) =>
      b.groupNorm(b.add(x, shift), { gain, bias }, { groups: 4, epsilon: 1e-6 }),
    'in one group': ({ x, gain, bias }) => b.groupNorm(x, { gain, bias }, { groups: 1, epsilon: 1e-6 }),
    'of images far from zero': ({ x, gain, bias }) =>
      b.groupNorm(b.add(x, 100), { gain, bias }, { groups: 8, epsilon: 1e-6 }),
  },
  concat: { 'of channels': ({ x, y }) => b.concat([x, y], 1) },
  averagePool: { 'of squares of 2': ({ x }) => b.averagePool(x, 2) },
  upsample: { 'to squares of 2': ({ x }) => b.upsample(x, 2) },
};

/** The operation on convolutions of an input, under another convolution. */
function chain(write: (images: Images) => Node): Node {
  const g = graph();
  const image = b.input(g, 'image', [batch, channels, side, side]);
  const convolved = (x: Node, name: string): Node => {
    const kernel = b.mul(b.input(g, name, [channels, x.shape[1] ?? 0, 3, 3]), 0.1);
    return b.conv(x, { kernel, bias: b.input(g, `${name} bias`, [channels]) }, { stride: 1, pad: 1 });
  };
  const images = {
    x: convolved(image, 'first'),
    y: convolved(image, 'second'),
    shift: b.input(g, 'shift', [batch, channels, 1, 1]),
    gain: b.input(g, 'gain', [channels]),
    bias: b.input(g, 'offset', [channels]),
  };
  return convolved(write(images), 'last');
}

const cases = Object.entries(chains).flatMap(([kind, variants]) =>
  Object.entries(variants).map(([what, write]) => [`${kind} ${what}`, write] as const),
);

describe.each(cases)('in blocks of channels: %s', (name, write) => {
  const result = chain(write);

  it('has the value of the interpreter', async () => {
    const inputs = topological([result]).filter((node) => isKind(node, 'input'));
    const feeds = Object.fromEntries(
      inputs.map(({ attrs, shape }, i) => [attrs.name, Float32Array.from(normal(key(i), sizeOf(shape)))]),
    );
    const [expected = []] = evaluate([result], feeds);
    const program = await nodeBackend({ threads: 1 }).compile({ result });
    const { result: found } = await program.run(feeds);
    await program.dispose();
    const scale = Math.max(...Array.from(expected, Math.abs));
    // Sums of 288 products in float32; images far from zero lose the digits of their distance before anything is normalized.
    const tolerance = name.includes('far from zero') ? 1e-3 : 1e-5;
    found.forEach((value, i) => {
      if (Math.abs(value - (expected[i] ?? NaN)) > tolerance * scale)
        throw new Error(`${i}: expected ${expected[i]}, got ${value}`);
    });
    expect(found).toHaveLength(expected.length);
  });

  it('changes the layout of no image between the first and the last convolution', () => {
    const { nodes } = lowerModel({ result }, { block: 16 });
    const reordered = nodes.filter(({ op }) => op === 'ReorderInput');
    expect(reordered.map(({ inputs }) => inputs)).toEqual([['image']]);
    const images = nodes.filter(({ op, inputs }) => {
      const maker = nodes.find(({ outputs }) => outputs.includes(inputs[0] ?? ''));
      return op === 'ReorderOutput' && maker?.op !== 'GlobalAveragePool';
    });
    expect(images).toHaveLength(1);
    expect(nodes.filter(({ op }) => ['LayerNormalization', 'Resize'].includes(op))).toEqual([]);
  });
});

describe('layouts', () => {
  it('are tested for every operation that has a rule', () => {
    expect(Object.keys(chains).sort()).toEqual(Object.keys(blockedRules).sort());
  });

  it('are plain where something reads an image in the plain order', () => {
    const result = chain(({ x }) => {
      const y = b.silu(x);
      return b.add(y, b.transpose(y, [0, 1, 3, 2]));
    });
    const { nodes } = lowerModel({ result }, { block: 16 });
    const activation = nodes.find(({ op }) => op === 'QuickGelu');
    const maker = nodes.find(({ outputs }) => outputs[0] === activation?.inputs[0]);
    expect(maker?.op).toBe('ReorderOutput');
  });

  it('give the same scores with and without blocks', async () => {
    const model = { result: chain(({ x, y, shift }) => b.silu(b.add(b.add(x, y), shift))) };
    const feeds = Object.fromEntries(
      topological([model.result])
        .filter((node) => isKind(node, 'input'))
        .map(({ attrs, shape }, i) => [attrs.name, Float32Array.from(normal(key(i), sizeOf(shape)))]),
    );
    const without = onnxRuntime('plain', {
      create: (bytes) => {
        if (Buffer.from(bytes).includes('com.microsoft.nchwc.')) throw new Error('no blocks here');
        return InferenceSession.create(bytes);
      },
      tensorOf: (values, shape) => new Tensor('float32', values, shape),
    });
    const programs = await Promise.all([nodeBackend({ threads: 1 }), without].map((backend) => backend.compile(model)));
    const [one, other] = await Promise.all(programs.map((program) => program.run(feeds)));
    await Promise.all(programs.map((program) => program.dispose()));
    one?.result.forEach((value, i) => {
      expect(value).toBeCloseTo(other?.result[i] ?? NaN, 3);
    });
  });
});
