/** @file Programs on an ONNX Runtime session, whichever build of it made the session. */
import type { Tensor } from 'onnxruntime-common';
import { ConfigError, InternalError, ShapeError, UnsupportedError } from '../base/errors.ts';
import { sizeOf } from '../base/tensor.ts';
import { conv, input } from '../graph/build.ts';
import { graph, type Node } from '../graph/node.ts';
import { lower } from './onnx/onnx-rules.ts';
import type { Pass } from './passes.ts';
import { deviceArrays, type DeviceArrays } from './ort-device.ts';
import { arrayOf, hostArray, inputsOf, type Backend, type Feeds, type DeviceArray, type Program } from './program.ts';
import type { CreateSession, Runtime, Session, SessionCache, TensorOf } from './session.ts';

/** Options of `onnxRuntime`. */
export interface RuntimeOptions {
  /** Whether to use standard operators alone, which other providers than the processor's have. */
  readonly portable?: boolean;
  /** Passes that are switched off. */
  readonly without?: readonly Pass[];
  readonly cache?: SessionCache | undefined;
  /** Runs that the sessions compute side by side. */
  readonly workers?: number;
}

/** Sessions of the browser build can neither be made nor run at the same time, whichever backend they are of. */
const serially = queue();

/** A backend over one build of ONNX Runtime. */
export function onnxRuntime(
  name: string,
  { create, tensorOf }: Runtime,
  { portable = false, without = [], cache, workers = 1 }: RuntimeOptions = {},
): Backend {
  let block: Promise<number | undefined> | undefined;
  const inTurn: typeof serially = workers > 1 ? (task) => task() : serially;
  const prepared = async (session: Promise<Session>): Promise<Session> => {
    try {
      return await session;
    } catch (cause) {
      if (cause instanceof UnsupportedError || cause instanceof ConfigError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UnsupportedError(`ONNX Runtime could not prepare a program: ${why}`, { cause });
    }
  };
  const createSession: CreateSession = (model, kept) => prepared(create(model, kept));
  const blocks = !portable && !without.includes('blocks');
  const values = deviceArrays(inTurn, (model) => createSession(model, []));
  const sessionOf = async (outputs: Readonly<Record<string, Node>>, kept: readonly string[]): Promise<Session> => {
    const id = cache?.idOf(outputs);
    const known = id === undefined ? undefined : await inTurn(async () => cache?.load(id));
    if (known !== undefined) return known;
    if (blocks) block ??= inTurn(() => probeBlock({ create: createSession, tensorOf }));
    const model = lower(outputs, { block: await block, portable, without });
    return inTurn(() => (cache && id ? prepared(cache.make(id, model)) : createSession(model, kept)));
  };
  return {
    name,
    workers,
    compile: async <K extends string, H extends string = never>(
      outputs: Readonly<Record<K, Node>>,
      kept?: Readonly<Record<H, Node>>,
    ) => {
      const nodes = inputsOf(outputs, kept ?? {});
      const names = Object.keys(kept ?? {});
      const session = await sessionOf({ ...outputs, ...kept }, names);
      return program<K, H>(session, { nodes, kept: new Set(names), values, inTurn, tensorOf });
    },
  };
}

/** Runs tasks one after another. */
function queue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

function program<K extends string, H extends string>(
  session: Session,
  parts: {
    readonly nodes: readonly Node<'input'>[];
    readonly kept: ReadonlySet<string>;
    readonly values: DeviceArrays;
    readonly inTurn: typeof serially;
    readonly tensorOf: TensorOf;
  },
): Program<K, H> {
  const { nodes, kept, values, inTurn, tensorOf } = parts;
  let disposed = false;
  // Without the nodes, which keep the whole graph alive: thousands of objects that garbage collection would visit.
  const inputs = nodes.map(({ attrs: { name }, shape }) => ({ name, shape, size: sizeOf(shape) }));
  const feed = (feeds: Feeds): Record<string, Tensor> =>
    Object.fromEntries(
      inputs.map(({ name, shape, size }) => {
        const value = feeds[name];
        const given = value && (values.tensorOf(value) ?? arrayOf(name, value));
        const length = given instanceof Float32Array ? given.length : given?.size;
        if (given === undefined || length !== size)
          throw new ShapeError(`input '${name}': expected ${size} values [${shape}], got ${length ?? 'none'}`);
        return [name, given instanceof Float32Array ? tensorOf(given, shape) : given];
      }),
    );
  const wrap = async (value: Tensor): Promise<DeviceArray> =>
    value.location === 'cpu' ? hostArray(value.data as Float32Array) : values.wrap(value);
  return {
    inputs: inputs.map(({ name }) => name),
    run: (feeds) =>
      inTurn(async () => {
        if (disposed) throw new InternalError('a program was run after it had been disposed of');
        const results = await session.run(feed(feeds));
        const own = Object.entries(results).map(
          async ([name, value]) => [name, kept.has(name) ? await wrap(value) : (value.data as Float32Array)] as const,
        );
        return Object.fromEntries(await Promise.all(own)) as Record<K, Float32Array> & Record<H, DeviceArray>;
      }),
    dispose: () =>
      inTurn(async () => {
        if (disposed) return;
        disposed = true;
        await session.release();
      }),
  };
}

/**
 * Channels per block of this machine's blocked convolutions. It is a property of the processor that ONNX Runtime does not
 * report, so a small convolution runs with each size and compared with the plain operator; undefined if none agrees.
 */
async function probeBlock({ create, tensorOf }: Runtime): Promise<number | undefined> {
  const g = graph();
  const x = input(g, 'x', [1, 32, 5, 5]);
  const kernel = input(g, 'kernel', [32, 32, 3, 3]);
  const y = conv(x, { kernel }, { stride: 1, pad: 1 });
  const wave = ({ shape }: Node): Float32Array => Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i));
  const convolve = async (block: number | undefined): Promise<Float32Array> => {
    const session = await create(lower({ y }, { block }), []);
    const feeds = { x: tensorOf(wave(x), x.shape), kernel: tensorOf(wave(kernel), kernel.shape) };
    try {
      return (await session.run(feeds))['y']?.data as Float32Array;
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
