/** @file The worker's side of the calls: jobs that can be stopped before each of their steps. */
import { yielding } from '../../base/yielding.ts';
import type { Answer, Handler, Inbox, Jobs, JobType, Request } from './protocol.ts';

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
      // What a stopped job needed may be gone, such as the model that another one has replaced.
      if (box.stopped) send({ kind: 'stopped', id });
      else send({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
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
