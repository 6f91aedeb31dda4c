/**
 * @file Sessions of ONNX Runtime in threads of their own, side by side. Samples do not depend on each other, so that two runs of one
 * thread each are faster than one run of two threads, which wait for each other after every operator.
 */
import { Worker } from 'node:worker_threads';
import type { InferenceSession, Tensor as Tensors } from 'onnxruntime-node';
import { InternalError } from '../base/errors.ts';
import { threadFlags } from '../base/thread-flags.ts';
import { nativeRuntime } from './native.ts';
import type { Session } from './session.ts';

type SessionOptions = InferenceSession.SessionOptions;

/** A tensor as threads exchange it. */
export interface Value {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A task for a thread. */
export type PoolTask =
  | {
      readonly kind: 'make';
      readonly session: number;
      readonly model: Uint8Array | string;
      readonly options: SessionOptions;
    }
  | { readonly kind: 'run'; readonly session: number; readonly feeds: Readonly<Record<string, Value>> }
  | { readonly kind: 'release'; readonly session: number };

type Values = Readonly<Record<string, Value>>;

interface Answer {
  readonly id: number;
  readonly values?: Values;
  readonly problem?: string;
}

/** A worker thread, which runs its tasks in order. */
interface PoolWorker {
  /** Number of unfinished tasks. */
  readonly waiting: () => number;
  ask(task: PoolTask): Promise<Values>;
  end(): void;
}

/** Threads that begin with the first session and end with the last. */
export interface SessionPool {
  /** Makes a session in every thread; a run is one thread's, the one that has least to do. */
  make(model: Uint8Array | string, options: SessionOptions): Promise<Session>;
}

/** A pool of `size` threads. */
export function sessionPool(size: number): SessionPool {
  let workers: readonly PoolWorker[] = [];
  let open = 0;
  let made = 0;
  const close = (): void => {
    open -= 1;
    if (open > 0) return;
    for (const worker of workers) worker.end();
    workers = [];
  };
  return {
    make: async (model, { optimizedModelFilePath, ...options }) => {
      open += 1;
      if (workers.length === 0) workers = Array.from({ length: size }, startWorker);
      const own = workers;
      const session = (made += 1);
      const written = optimizedModelFilePath === undefined ? {} : { optimizedModelFilePath };
      const tasks = own.map((worker, i) =>
        worker.ask({ kind: 'make', session, model, options: { ...options, ...(i === 0 ? written : {}) } }),
      );
      const failed = (await Promise.allSettled(tasks)).find(({ status }) => status === 'rejected');
      if (failed !== undefined) {
        close();
        await Promise.all(tasks);
      }
      return {
        run: async (feeds) => {
          const [first, ...others] = own;
          if (first === undefined) throw new InternalError('a pool of sessions has no thread');
          const idle = others.reduce((least, worker) => (worker.waiting() < least.waiting() ? worker : least), first);
          const sent = Object.entries(feeds).map(([name, { data, dims }]) => [
            name,
            { data: data as Float32Array, dims },
          ]);
          const { Tensor } = nativeRuntime();
          const values = await idle.ask({ kind: 'run', session, feeds: Object.fromEntries(sent) as Values });
          const results = Object.entries(values).map(([name, { data, dims }]) => [
            name,
            new Tensor('float32', data, dims),
          ]);
          return Object.fromEntries(results) as Readonly<Record<string, Tensors>>;
        },
        release: async () => {
          await Promise.all(own.map((worker) => worker.ask({ kind: 'release', session })));
          close();
        },
      };
    },
  };
}

function startWorker(): PoolWorker {
  const worker = new Worker(new URL('./session-worker.js', import.meta.url), threadFlags());
  const pending = new Map<number, { resolve: (values: Values) => void; reject: (error: Error) => void }>();
  let asked = 0;
  let fault: Error | undefined;
  // A thread with nothing to do does not keep the process from ending.
  worker.unref();
  worker.on('message', ({ id, values, problem }: Answer) => {
    const { resolve, reject } = pending.get(id) ?? {};
    pending.delete(id);
    if (pending.size === 0) worker.unref();
    if (values === undefined) reject?.(new Error(problem));
    else resolve?.(values);
  });
  worker.on('error', (error: Error) => {
    fault = error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  });
  return {
    waiting: () => pending.size,
    ask: (task) =>
      new Promise((resolve, reject) => {
        if (fault !== undefined) {
          reject(fault);
          return;
        }
        asked += 1;
        pending.set(asked, { resolve, reject });
        worker.ref();
        worker.postMessage({ id: asked, task });
      }),
    end: () => void worker.terminate(),
  };
}
