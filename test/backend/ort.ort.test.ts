/** @file ONNX Runtime against the float64 interpreter, for every operation and its first derivatives. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ConfigError, InternalError, ShapeError } from '../../src/base/errors.ts';
import { interpreter } from '../../src/backend/interpreter.ts';
import { encodeModel } from '../../src/backend/onnx/onnx-model.ts';
import { lower } from '../../src/backend/onnx/onnx-rules.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { onnxRuntime } from '../../src/backend/ort.ts';
import type { Arrays, Backend } from '../../src/backend/program.ts';
import type { TensorOf } from '../../src/backend/session.ts';
import { constant, conv, convWeightGrad, input, mul, sin, sum } from '../../src/graph/build.ts';
import { jvp } from '../../src/graph/jvp.ts';
import { graph, type Node } from '../../src/graph/node.ts';
import { gradient, vjp } from '../../src/graph/vjp.ts';
import { allCases, feedsOf, instantiate, values } from '../graph/cases.ts';

const nameOf = (node: Node): string => (node as Node<'input'>).attrs.name;
const isBlocked = (model: Uint8Array): boolean => Buffer.from(model).includes('com.microsoft.nchwc');
const create = (model: Uint8Array): Promise<InferenceSession> =>
  InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });

const tensorOf: TensorOf = (data, shape) => new Tensor('float32', data, shape);
let lastModel = new Uint8Array();
/** Chooses a block size by itself, as users get it. */
const blocked = onnxRuntime('blocked', {
  create: (model) => {
    lastModel = Uint8Array.from(model);
    return create(model);
  },
  tensorOf,
});
/** A build of ONNX Runtime without blocked convolutions. */
const plain = onnxRuntime('plain', {
  create: (model) => (isBlocked(model) ? Promise.reject(new Error('no such operator set')) : create(model)),
  tensorOf,
});
/** Standard operators alone, as for other devices. */
const portable = onnxRuntime('portable', { create, tensorOf }, { portable: true });
const reference = interpreter();

async function runOnce(backend: Backend, outputs: Readonly<Record<string, Node>>, feeds: Arrays): Promise<Arrays> {
  const program = await backend.compile(outputs);
  try {
    return await program.run(feeds);
  } finally {
    await program.dispose();
  }
}

/**
 * Largest difference relative to the largest value. 1e-5 allows for float32 sums of the up to thousand products that a
 * convolution here adds up: 1e3 roundings of 6e-8 that add up like a random walk, times 5.
 */
function expectClose(found: Arrays, expected: Arrays, tolerance = 1e-5): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const result = found[name]!;
    expect(result, name).toHaveLength(value.length);
    const scale = value.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
    const worst = value.reduce((most, v, i) => Math.max(most, Math.abs(v - result[i]!)), 0);
    expect(worst / scale, name).toBeLessThan(tolerance);
  }
}

const float32 = (feeds: Readonly<Record<string, Float64Array>>): Arrays =>
  Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, Float32Array.from(value)]));

describe.each(allCases)('$name', (c) => {
  it('has the values and derivatives of the interpreter, with plain, blocked and portable operators', async () => {
    const { g, xs, y } = instantiate(c);
    const u = input(g, 'u', y.shape);
    const vs = xs.map(({ shape }, i) => input(g, `v${i}`, shape));
    const derivatives = [...vjp(y, xs, u), ...jvp([y], xs, vs)].map((node, i) => [`d${i}`, node] as const);
    // The curvature holds the adjoints of the adjoints, in which a kernel is a value that changes.
    const curvature = gradient(sum(mul(u, sin(y))), xs).map((node, i) => [`c${i}`, node] as const);
    const present = [...derivatives, ...curvature].filter(([, node]) => node !== undefined);
    const outputs = { y, ...(Object.fromEntries(present) as Record<string, Node>) };
    const feeds = {
      ...float32(feedsOf(c)),
      ...float32({ u: values('u', y.shape) }),
      ...float32(Object.fromEntries(xs.map(({ shape }, i) => [`v${i}`, values(`v${i}`, shape)]))),
    };
    const expected = await runOnce(reference, outputs, feeds);
    expectClose(await runOnce(plain, outputs, feeds), expected);
    expectClose(await runOnce(blocked, outputs, feeds), expected);
    expectClose(await runOnce(portable, outputs, feeds), expected);
  });
});

describe('convolutions whose other factor is constant', () => {
  it('have the same gradients of the kernel and of the image', async () => {
    const g = graph();
    const x = constant(g, Float32Array.from(values('x', [2, 3, 5, 4])), [2, 3, 5, 4]);
    const cotangent = input(g, 'g', [2, 4, 5, 4]);
    const attrs = { stride: 1, pad: 1, shape: [4, 3, 3, 3] };
    const dKernel = convWeightGrad(x, cotangent, attrs);
    const feeds = float32({ g: values('g', [2, 4, 5, 4]) });
    expectClose(await runOnce(plain, { dKernel }, feeds), await runOnce(reference, { dKernel }, feeds));
  });
});

describe('blocked convolutions', () => {
  const g = graph();
  const [x, kernel] = [input(g, 'x', [2, 16, 6, 5]), input(g, 'kernel', [32, 16, 3, 3])];
  const bias = input(g, 'bias', [32]);
  const y = conv(x, { kernel, bias }, { stride: 1, pad: 1 });
  const [dx, dKernel, dBias] = gradient(sum(mul(y, y)), [x, kernel, bias]) as [Node, Node, Node];
  const outputs = { y, dx, dKernel, dBias };
  const feeds = float32({
    x: values('x', x.shape),
    kernel: values('kernel', kernel.shape),
    bias: values('bias', bias.shape),
  });

  /** The kernel in blocks of output and input channels, innermost, by loops. */
  function blocks(data: Float32Array, block: number): Float32Array {
    const [o, i, h, w] = kernel.shape as [number, number, number, number];
    const out = new Float32Array(data.length);
    let at = 0;
    for (let outer = 0; outer < o; outer += block)
      for (let inner = 0; inner < i; inner += block)
        for (let u = 0; u < h; u++)
          for (let v = 0; v < w; v++)
            for (let b = 0; b < block; b++)
              for (let c = 0; c < block; c++) out[at++] = data[(((outer + c) * i + inner + b) * h + u) * w + v]!;
    return out;
  }

  /** Whether this machine's blocked convolution, on a kernel that is in blocks of this size, is the plain one. */
  async function machineHas(block: number, expected: Arrays): Promise<boolean> {
    const domain = 'com.microsoft.nchwc';
    const attributes = { strides: [1, 1], pads: [1, 1, 1, 1], group: 1 };
    const model = encodeModel({
      nodes: [
        { op: 'ReorderInput', domain, inputs: ['x'], outputs: ['blockedX'], attributes: {} },
        { op: 'Conv', domain, inputs: ['blockedX', 'kernel', 'bias'], outputs: ['blockedY'], attributes },
        { op: 'ReorderOutput', domain, inputs: ['blockedY'], outputs: ['y'], attributes: { channels: 32 } },
      ],
      initializers: [],
      inputs: [x, kernel, bias].map((node) => ({ name: nameOf(node), shape: node.shape })),
      outputs: [{ name: 'y', shape: y.shape }],
    });
    try {
      const session = await create(model);
      const tensors = [x, kernel, bias].map((node) => {
        const data = feeds[nameOf(node)]!;
        return [nameOf(node), new Tensor('float32', node === kernel ? blocks(data, block) : data, node.shape)] as const;
      });
      const { y: found } = await session.run(Object.fromEntries(tensors));
      await session.release();
      const result = found?.data as Float32Array;
      return result.every((v, k) => Math.abs(v - expected['y']![k]!) < 1e-3);
    } catch {
      return false;
    }
  }

  it('are used exactly where this machine has them, and change nothing', async () => {
    const expected = await runOnce(plain, outputs, feeds);
    expectClose(await runOnce(blocked, outputs, feeds), expected);
    const sizes = await Promise.all([8, 16].map((block) => machineHas(block, expected)));
    expect(isBlocked(lastModel)).toBe(sizes.includes(true));
    expectClose(await runOnce(nodeBackend({ threads: 1 }), outputs, feeds), expected);
  });

  it('are used only where both channel counts are whole blocks, whether the kernel changes or not', () => {
    const usesBlocks = (shape: readonly number[], constantKernel: boolean): boolean => {
      const own = graph();
      const image = input(own, 'x', [1, shape[1]!, 4, 4]);
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      const weights = constantKernel ? constant(own, data, shape) : input(own, 'kernel', shape);
      const result = conv(image, { kernel: weights }, { stride: 1, pad: 1 });
      return isBlocked(lower({ result }, { block: 16 }));
    };
    expect(usesBlocks([16, 32, 3, 3], false)).toBe(true);
    expect(usesBlocks([16, 32, 3, 3], true)).toBe(true);
    expect(usesBlocks([16, 24, 3, 3], false)).toBe(false);
    expect(usesBlocks([24, 16, 3, 3], false)).toBe(false);
  });
});

describe.each([
  ['interpreter', reference],
  ['onnxruntime-node', nodeBackend({ threads: 1 })],
  ['portable', portable],
] as const)('a program of the %s', (_name, backend) => {
  it('reads the inputs that its outputs need and says which is missing or of another size', async () => {
    const g = graph();
    const [a, b] = [input(g, 'a', [2]), input(g, 'b', [2])];
    const program = await backend.compile({ double: mul(a, 2), same: a, again: a });
    expect(program.inputs).toEqual(['a']);
    const { double, same, again } = await program.run({ a: Float32Array.of(1, 2), b: Float32Array.of(0, 0, 0) });
    expect([double, same, again].map((values) => [...values])).toEqual([[2, 4], [1, 2], [1, 2]]); // prettier-ignore
    await expect(async () => program.run({})).rejects.toThrow(ShapeError);
    await expect(async () => program.run({ a: Float32Array.of(1) })).rejects.toThrow(
      /'a': expected 2 values \[2\], got 1/,
    );
    await program.dispose();
    expect(b.shape).toEqual([2]);
  });

  it('cannot run after it has been disposed of, which may be done twice', async () => {
    const program = await backend.compile({ y: sin(input(graph(), 'x', [1])) });
    await program.dispose();
    await program.dispose();
    await expect(async () => program.run({ x: Float32Array.of(1) })).rejects.toThrow(/disposed/);
  });

  it('refuses names that would stand for two values', async () => {
    const g = graph();
    const [x, other] = [input(g, 'x', [2]), input(g, 'x', [3])];
    await expect(async () => backend.compile({ x: sin(x) })).rejects.toThrow(/'x'/);
    await expect(async () => backend.compile({ y: sin(x), z: sin(other) })).rejects.toThrow(/'x'/);
    await expect(async () => backend.compile({ y: sin(x) }, { y: mul(x, 2) })).rejects.toThrow(/'y'/);
  });

  it('returns arrays that later runs leave alone', async () => {
    const program = await backend.compile({ y: mul(input(graph(), 'x', [2]), 3) });
    const first = await program.run({ x: Float32Array.of(1, 2) });
    const [second, third] = await Promise.all([
      program.run({ x: Float32Array.of(3, 4) }),
      program.run({ x: Float32Array.of(5, 6) }),
    ]);
    await program.dispose();
    expect([first, second, third].map(({ y }) => [...y])).toEqual([[3, 6], [9, 12], [15, 18]]); // prettier-ignore
  });

  it('keeps outputs as arrays that it returns and accepts unchanged, until they are disposed of', async () => {
    const g = graph();
    const x = input(g, 'x', [2, 2]);
    const program = await backend.compile({ total: sum(x) }, { twice: mul(x, 2), same: x });
    const first = await program.run({ x: Float32Array.of(1, 2, 3, 4) });
    const { total, twice } = await program.run({ x: first.twice });
    expect([...total]).toEqual([20]);
    expect([...twice.array!]).toEqual([4, 8, 12, 16]);
    expect(await twice.read()).toBe(twice.array);
    expect([...(await first.same.read())]).toEqual([1, 2, 3, 4]);
    const array = await first.twice.read();
    await first.twice.dispose();
    await first.twice.dispose();
    expect([...array]).toEqual([2, 4, 6, 8]);
    expect(first.twice.array).toBeUndefined();
    await expect(first.twice.read()).rejects.toThrow(InternalError);
    await expect(program.run({ x: first.twice })).rejects.toThrow(/'x': its value was disposed of/);
    await program.dispose();
    expect([...(await twice.read())]).toEqual([4, 8, 12, 16]);
  });
});

describe('the Node backend', () => {
  it('needs a positive number of threads', () => {
    for (const threads of [0, -1, 1.5, NaN]) expect(() => nodeBackend({ threads })).toThrow(ConfigError);
  });

  it('works after a program that failed', async () => {
    const backend = nodeBackend({ threads: 1 });
    const program = await backend.compile({ y: sin(input(graph(), 'x', [1])) });
    await expect(program.run({})).rejects.toThrow(ShapeError);
    expect((await program.run({ x: Float32Array.of(0) })).y[0]).toBe(0);
    await program.dispose();
  });
});
