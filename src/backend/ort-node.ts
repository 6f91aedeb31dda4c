/** @file ONNX Runtime in Node. */
import type { InferenceSession as Sessions } from 'onnxruntime-node';
import { ConfigError, UnsupportedError } from '../base/errors.ts';
import { input, mul } from '../graph/build.ts';
import { graph } from '../graph/node.ts';
import { deviceNeeds, type Device } from './device.ts';
import { nativeRuntime } from './native.ts';
import { lower } from './onnx/onnx-rules.ts';
import { unwritten } from './onnx/onnx-unwritten.ts';
import { onnxRuntime } from './ort.ts';
import type { Pass } from './passes.ts';
import { programCache, type CreateWith } from './program-cache.ts';
import { sessionPool } from './session-pool.ts';
import type { Backend } from './program.ts';

/** Options of the Node backend. */
export interface NodeOptions {
  /** Threads of the processor, at least 1. Default 2. */
  readonly threads?: number;
  /**
   * Programs that compute side by side, each in a thread of its own with its share of the threads; 1 by default, with all threads
   * within each operator. Two or more are faster for many samples, and take memory for each. Of the processor alone.
   */
  readonly workers?: number;
  /** Where programs run, `cpu` by default; what a device lacks of an operator runs on the processor. */
  readonly device?: Device;
  /** Whether threads that have nothing to do wait busily for a moment, so that they begin at once. Default true. */
  readonly spinning?: boolean;
  /**
   * Writes a profile of every operator call to a file with this prefix when a program is disposed of. None by
   * default.
   */
  readonly profilePrefix?: string;
  /** Passes that are switched off, to find out what they do; none by default. */
  readonly without?: readonly Pass[];
  /** A folder of prepared programs, which start several times faster the next time; none by default. Of the processor alone. */
  readonly cache?: string | undefined;
}

/**
 * ONNX Runtime in Node. With `node --no-incremental-marking`, as commands have it, training is faster by 4 %, sampling by 2 %.
 * Telemetry of ONNX Runtime is switched off, for the whole process.
 * @throws ConfigError if `threads` is not a positive integer.
 * @throws UnsupportedError if onnxruntime-node is not installed, or does not know the device; whether that is there is found out by
 * the first program, or by `requireDevice`; or in a worker thread, if telemetry cannot be switched off from there.
 * @example
 * ```ts
 * import { mlp, scoreModel, startPoint, key, averaged, epsilon, vp } from 'scorefield';
 * import { nodeBackend } from 'scorefield/node';
 *
 * const sde = vp();
 * const net = mlp(2);
 * const params = averaged(startPoint(net, key(0)).state);
 * const process = { sde, parametrization: epsilon()(sde) };
 * const model = scoreModel(nodeBackend({ threads: 2 }), net, { params, process, maxBatch: 64 });
 * await model.dispose();
 * ```
 */
export function nodeBackend(options: NodeOptions = {}): Backend {
  const { threads = 2, device = 'cpu', profilePrefix, without = [], cache, spinning = true } = options;
  const workers = device === 'cpu' ? (options.workers ?? 1) : 1;
  if (!Number.isInteger(threads) || threads < 1)
    throw new ConfigError([{ path: 'threads', message: `expected a positive integer, got ${threads}` }]);
  if (!Number.isInteger(workers) || workers < 1 || workers > threads)
    throw new ConfigError([
      { path: 'workers', message: `expected an integer of 1 to ${threads}, the number of threads, got ${workers}` },
    ]);
  requireKnown(device);
  const { InferenceSession, Tensor } = nativeRuntime();
  const session: Sessions.SessionOptions = {
    intraOpNumThreads: Math.floor(threads / workers),
    interOpNumThreads: 1,
    graphOptimizationLevel: without.includes('runtime') ? 'disabled' : 'all',
    executionProviders: [device],
    // A planned block of memory comes on top of what the first run took, which stays: 1.8 times the peak of a training step.
    enableMemPattern: false,
    // Graphics providers warn of every small operator that they leave to the processor.
    logSeverityLevel: 3,
    extra: {
      optimization: { disable_specified_optimizers: unwritten.join(';') },
      ...(!spinning && { session: { intra_op: { allow_spinning: '0' } } }),
    },
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
  const pool = workers === 1 ? undefined : sessionPool(workers);
  const create: CreateWith = (model, more) => {
    const all = { ...session, ...more };
    if (pool !== undefined) return pool.make(model, all);
    return typeof model === 'string' ? InferenceSession.create(model, all) : InferenceSession.create(model, all);
  };
  return onnxRuntime(
    `onnxruntime-node, ${device}, ${threads} threads${workers === 1 ? '' : ` in ${workers} workers`}`,
    {
      create: (model, kept) => create(model, keeping(device, kept)),
      tensorOf: (data, shape) => new Tensor('float32', data, shape),
    },
    {
      portable: device !== 'cpu',
      without,
      cache: cache === undefined || device !== 'cpu' ? undefined : programCache(cache, create, without),
      workers,
    },
  );
}

/**
 * Where outputs stay that are to be kept: in Node, ONNX Runtime names memory of WebGPU alone, so that CUDA, CoreML and DirectML
 * copy them to the processor and back, as they do all outputs.
 */
function keeping(device: Device, kept: readonly string[]): Sessions.SessionOptions {
  if (device !== 'webgpu' || kept.length === 0) return {};
  return { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'] as const)) };
}

/**
 * Runs one operation on a device and nowhere else.
 * @throws UnsupportedError saying what is missing, if it cannot.
 */
export async function requireDevice(device: Device): Promise<void> {
  requireKnown(device);
  if (device === 'cpu') return;
  const { InferenceSession, Tensor, env } = nativeRuntime();
  // The error reports each problem, so the engine logs none.
  env.logLevel = 'fatal';
  const x = input(graph(), 'x', [2]);
  const bytes = lower({ y: mul(x, x) }, { portable: true });
  try {
    const session = await InferenceSession.create(bytes, {
      executionProviders: [device],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    });
    await session.run({ x: new Tensor('float32', [1, 2], [2]) });
    await session.release();
  } catch (cause) {
    throw new UnsupportedError(
      `device ${device}: it cannot be used on this machine; it needs ${deviceNeeds[device]} (ONNX Runtime: ${briefly(cause)})`,
      { cause },
    );
  }
}

function requireKnown(device: Device): void {
  const known = nativeRuntime()
    .listSupportedBackends()
    .map(({ name }) => name);
  if (known.includes(device)) return;
  throw new UnsupportedError(
    `device ${device}: expected one that this build of ONNX Runtime has (${known.join(', ')}); ${device} needs ${deviceNeeds[device]}`,
  );
}

/** What ONNX Runtime says, without the places in its source. */
function briefly(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/^.*(?:was false\.|FAIL :)\s*/s, '').trim();
}
