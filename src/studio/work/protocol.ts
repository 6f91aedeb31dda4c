/** @file Calls to a worker that take time: each has steps, a result, notes that it receives while it runs, and an end at any time. */
import { yielding } from '../../base/yielding.ts';

/** What the jobs of a worker are asked, report and give. */
export interface JobType {
  readonly ask: unknown;
  readonly step: unknown;
  readonly result: unknown;
  /** What a running job may be sent. */
  readonly note: unknown;
}
type Jobs = Readonly<Record<string, JobType>>;

type Request =
  | { readonly kind: 'start'; readonly id: number; readonly name: string; readonly ask: unknown }
  | { readonly kind: 'note'; readonly id: number; readonly note: unknown }
  | { readonly kind: 'stop'; readonly id: number };
type Answer =
  | { readonly kind: 'step'; readonly id: number; readonly step: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'stopped'; readonly id: number };

/** The notes that a job has received: read when it has time, or waited for. */
export interface Inbox<N> {
  /** The notes since the last call, in their order. */
  take(): readonly N[];
  /** Resolves when there is a note, or the job is to stop. */
  readonly arrival: () => Promise<void>;
}

/** A job in its worker. It yields undefined where it has nothing to report, so that it can be stopped there. */
export type Handler<J extends JobType> = (
  ask: J['ask'],
  inbox: Inbox<J['note']>,
) => AsyncGenerator<J['step'] | undefined, J['result']>;

interface Mailbox extends Inbox<unknown> {
  stopped: boolean;
  put(note: unknown): void;
  wake(): void;
}

function mailbox(): Mailbox {
  const notes: unknown[] = [];
  let waiting: (() => void)[] = [];
  const box: Mailbox = {
    stopped: false,
    take: () => notes.splice(0),
    arrival: () =>
      notes.length > 0 || box.stopped ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    put: (note) => {
      notes.push(note);
      box.wake();
    },
    wake: () => {
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
  return box;
}

/** Answers the calls of the page, in a worker. A job that is to stop ends before its next step. */
export function serve<J extends Jobs>(handlers: { readonly [K in keyof J]: Handler<J[K]> }): void {
  const running = new Map<number, Mailbox>();
  const send = (answer: Answer): void => {
    postMessage(answer);
  };
  const run = async (id: number, steps: AsyncGenerator<unknown, unknown>, box: Mailbox): Promise<void> => {
    try {
      for (;;) {
        const next = await steps.next();
        if (box.stopped) {
          await steps.return(undefined);
          send({ kind: 'stopped', id });
          return;
        }
        if (next.done === true) {
          send({ kind: 'result', id, result: next.value });
          return;
        }
        if (next.value !== undefined) send({ kind: 'step', id, step: next.value });
      }
    } catch (error) {
      send({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      running.delete(id);
    }
  };
  addEventListener('message', ({ data: request }: MessageEvent<Request>) => {
    if (request.kind === 'start') {
      const box = mailbox();
      running.set(request.id, box);
      const handler = handlers[request.name] as unknown as Handler<JobType>;
      void run(request.id, yielding(handler(request.ask, box)), box);
      return;
    }
    const box = running.get(request.id);
    if (request.kind === 'note') box?.put(request.note);
    else if (box !== undefined) {
      box.stopped = true;
      box.wake();
    }
  });
}

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
    end: () => {
      worker?.terminate();
      worker = undefined;
      failAll(new Stopped('stopped'));
    },
  };
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
    try {
      then.use(await call(ask));
    } catch (error) {
      if (!(error instanceof Stopped)) then.failed(error);
    } finally {
      busy = false;
      const waiting = next;
      next = undefined;
      if (waiting !== undefined) void run(waiting.ask);
    }
  };
  return (ask) => {
    if (busy) next = { ask };
    else void run(ask);
  };
}
