/** @file Programs on an ONNX Runtime session, whichever build of it made the session. */
import { Tensor, type InferenceSession } from 'onnxruntime-common';
import { InternalError, ShapeError, UnsupportedError } from '../base/errors.ts';
import { sizeOf } from '../base/tensor.ts';
import type { Node } from '../graph/node.ts';
import { emitConv } from './onnx-conv.ts';
import { emitter } from './onnx-emitter.ts';
import { encodeModel } from './onnx-model.ts';
import { lower } from './onnx-rules.ts';
import type { Arrays, Backend, Program } from './program.ts';

/** Makes a session of an encoded model. */
export type CreateSession = (model: Uint8Array) => Promise<InferenceSession>;

/** Sessions of the browser build can neither be made nor run at the same time, whichever backend they are of. */
const serially = queue();

/** A backend over one build of ONNX Runtime. */
export function onnxRuntime(name: string, create: CreateSession): Backend {
  let block: Promise<number | undefined> | undefined;
  const createSession: CreateSession = async (model) => {
    try {
      return await create(model);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UnsupportedError(`ONNX Runtime could not prepare a program: ${why}`, { cause });
    }
  };
  return {
    name,
    compile: async <K extends string>(outputs: Readonly<Record<K, Node>>) => {
      block ??= serially(() => probeBlock(createSession));
      const { bytes, inputs } = lower(outputs, { block: await block });
      const session = await serially(() => createSession(bytes));
      return program<K>(session, inputs);
    },
  };
}

type Serially = <T>(task: () => Promise<T>) => Promise<T>;

/** Runs tasks one after another. */
function queue(): Serially {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

function program<K extends string>(session: InferenceSession, nodes: readonly Node<'input'>[]): Program<K> {
  let disposed = false;
  // Without the nodes, which hold on to the whole graph: thousands of objects that garbage collection would visit.
  const inputs = nodes.map(({ attrs: { name }, shape }) => ({ name, shape, size: sizeOf(shape) }));
  const feed = (feeds: Arrays): Record<string, Tensor> =>
    Object.fromEntries(
      inputs.map(({ name, shape, size }) => {
        const data = feeds[name];
        if (data?.length !== size)
          throw new ShapeError(`input '${name}': expected ${size} values [${shape}], got ${data?.length ?? 'none'}`);
        return [name, new Tensor('float32', data, shape)];
      }),
    );
  return {
    inputs: inputs.map(({ name }) => name),
    run: (feeds) =>
      serially(async () => {
        if (disposed) throw new InternalError('a program was run after it had been disposed of');
        const results = await session.run(feed(feeds));
        const arrays = Object.entries(results).map(([name, value]) => [name, value.data as Float32Array] as const);
        return Object.fromEntries(arrays) as Record<K, Float32Array>;
      }),
    dispose: () =>
      serially(async () => {
        if (disposed) return;
        disposed = true;
        await session.release();
      }),
  };
}

/**
 * Channels per block of this machine's blocked convolutions. It is a property of the processor that ONNX Runtime does not
 * tell, so a small convolution is tried with each size and compared with the plain operator; undefined if none agrees.
 */
async function probeBlock(createSession: CreateSession): Promise<number | undefined> {
  const shape = [32, 32, 3, 3];
  const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i));
  const feeds = {
    x: new Tensor('float32', wave(32 * 25), [1, 32, 5, 5]),
    kernel: new Tensor('float32', wave(sizeOf(shape)), shape),
  };
  const convolve = async (block: number | undefined): Promise<Float32Array> => {
    const e = emitter(block);
    const y = emitConv(e, 'x', { name: 'kernel', shape, constant: false }, { stride: 1, pad: 1 });
    const model = encodeModel({
      nodes: e.nodes,
      initializers: e.initializers,
      inputs: Object.entries(feeds).map(([name, { dims }]) => ({ name, shape: dims })),
      outputs: [{ name: y, shape: [1, 32, 5, 5] }],
    });
    const session = await createSession(model);
    try {
      return (await session.run(feeds))[y]?.data as Float32Array;
    } finally {
      await session.release();
    }
  };
  const expected = await convolve(undefined);
  for (const block of [16, 8]) {
    // A build without the blocked operators refuses the model; the plain path is right for it.
    const found = await convolve(block).catch(() => undefined);
    if (found?.every((value, i) => Math.abs(value - (expected[i] ?? 0)) < 1e-3)) return block;
  }
  return undefined;
}
