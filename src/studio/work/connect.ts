/** @file The page's side of the calls to a worker. */
import type { Answer, Jobs, JobType, Request } from './protocol.ts';

/** A job as the page sees it. */
export interface Job<J extends JobType> {
  /** Rejects with `Stopped` if it was stopped, and with what went wrong. */
  readonly result: Promise<J['result']>;
  say(note: J['note']): void;
  stop(): void;
}

/** That a job was stopped, which is no fault. */
export class Stopped extends Error {}

/** The calls of the page to a worker. */
export interface Connection<J extends Jobs> {
  start<K extends keyof J & string>(name: K, ask: J[K]['ask'], onStep?: (step: J[K]['step']) => void): Job<J[K]>;
  /** Starts the worker before its first job, so that its script is there when the job comes. */
  prepare(): void;
  /** Ends the worker and its jobs; the next call starts another one. */
  end(): void;
}

interface Open {
  readonly onStep: (step: never) => void;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Calls to a worker, which starts with the first of them. If it dies, what it was asked fails and the next call starts another.
 * @param make - starts the worker
 */
export function connect<J extends Jobs>(make: () => Worker): Connection<J> {
  let worker: Worker | undefined;
  let last = 0;
  const open = new Map<number, Open>();
  const failAll = (error: Error): void => {
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };
  const started = (): Worker => {
    if (worker !== undefined) return worker;
    const own = make();
    own.onmessage = ({ data: answer }: MessageEvent<Answer>) => {
      const job = open.get(answer.id);
      if (answer.kind === 'step') {
        job?.onStep(answer.step as never);
        return;
      }
      open.delete(answer.id);
      if (answer.kind === 'result') job?.resolve(answer.result as never);
      else job?.reject(answer.kind === 'stopped' ? new Stopped('stopped') : new Error(answer.message));
    };
    own.onerror = (event) => {
      event.preventDefault();
      own.terminate();
      if (worker === own) worker = undefined;
      failAll(new Error(`the worker has ended: ${event.message || 'its script could not be loaded'}`));
    };
    worker = own;
    return own;
  };
  const post = (request: Request): void => worker?.postMessage(request);
  return {
    start(name, ask, onStep = () => undefined) {
      const id = ++last;
      const result = new Promise<never>((resolve, reject) => {
        open.set(id, {
          onStep,
          resolve,
          reject,
        });
      });
      // Who does not wait for the result sees the error of another job, or none.
      result.catch(() => undefined);
      started();
      post({ kind: 'start', id, name, ask });
      return {
        result,
        say: (note) => {
          post({ kind: 'note', id, note });
        },
        stop: () => {
          post({ kind: 'stop', id });
        },
      };
    },
    prepare: started,
    end: () => {
      worker?.terminate();
      worker = undefined;
      failAll(new Stopped('stopped'));
    },
  };
}

/** Calls of the last one alone that run or wait, and who waits for their end. */
let pending = 0;
let atRest: (() => void)[] = [];

/** Resolves when no such call runs. */
export function idle(): Promise<void> {
  return pending === 0 ? Promise.resolve() : new Promise((resolve) => atRest.push(resolve));
}

/**
 * Calls of which the last one alone matters: while one runs, the newest of those that come waits, and the others are left out.
 * @param then.use - is given each result
 * @param then.failed - is given what went wrong, but for jobs that were stopped
 */
export function latest<A, R>(
  call: (ask: A) => Promise<R>,
  then: { readonly use: (result: R) => void; readonly failed: (error: unknown) => void },
): (ask: A) => void {
  let busy = false;
  let next: { readonly ask: A } | undefined;
  const run = async (ask: A): Promise<void> => {
    busy = true;
    pending += 1;
    try {
      then.use(await call(ask));
    } catch (error) {
      if (!(error instanceof Stopped)) then.failed(error);
    } finally {
      busy = false;
      const waiting = next;
      next = undefined;
      if (waiting !== undefined) void run(waiting.ask);
      pending -= 1;
      if (pending > 0) return;
      for (const resolve of atRest) resolve();
      atRest = [];
    }
  };
  return (ask) => {
    if (busy) next = { ask };
    else void run(ask);
  };
}
