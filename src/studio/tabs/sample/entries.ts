/** @file Computations side by side, one after the other in their workers: each shows its frames as they come, and what has not changed stays. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { Stopped } from '../../work/connect.ts';

/** A computation that is asked for. */
export interface EntryAsk<F, R> {
  readonly id: string;
  /** Everything that it depends on. */
  readonly key: string;
  readonly begin: (onFrame: (frame: F) => void) => { readonly result: Promise<R>; readonly stop: () => void };
  /** Why it cannot begin; it then does not. */
  readonly problem?: string | undefined;
}

/** What is known of it. */
export interface Entry<F, R> {
  readonly id: string;
  readonly key: string;
  readonly frames: readonly F[];
  readonly result?: R | undefined;
  readonly problem?: string | undefined;
}

/** Computations side by side. */
export interface Entries<F, R> {
  readonly all: ReadonlySignal<readonly Entry<F, R>[]>;
  readonly busy: ReadonlySignal<boolean>;
  /** Computes what is asked, in the place of what is being computed; entries of which nothing has changed keep their results. */
  run(asks: readonly EntryAsk<F, R>[]): Promise<void>;
  /** Ends what is being computed. */
  stop(): void;
}

/** Milliseconds between two looks at a entry that runs. */
const between = 120;

/** Entries without an ask. */
export function entries<F, R>(): Entries<F, R> {
  const all = signal<readonly Entry<F, R>[]>([]);
  const busy = signal(false);
  let round = 0;
  let end: () => void = () => undefined;
  /** What is being computed. */
  let running = '';
  const stop = (): void => {
    round += 1;
    end();
    end = () => undefined;
    busy.value = false;
  };
  const put = (entry: Entry<F, R>): void => {
    all.value = all.peek().map((own) => (own.id === entry.id ? entry : own));
  };
  return {
    all,
    busy,
    stop,
    async run(asks) {
      const now = JSON.stringify(asks.map(({ id, key, problem }) => [id, key, problem]));
      if (busy.peek() && now === running) return;
      stop();
      running = now;
      const mine = round;
      const known = new Map(all.peek().map((entry) => [entry.key, entry]));
      all.value = asks.map(({ id, key, problem }) => {
        const before = known.get(key);
        return before?.result !== undefined ? { ...before, id } : { id, key, frames: [], problem };
      });
      const open = asks.filter(
        ({ id, problem }) => problem === undefined && all.peek().find((entry) => entry.id === id)?.result === undefined,
      );
      busy.value = open.length > 0;
      for (const { id, key, begin } of open) {
        const frames: F[] = [];
        let seen = 0;
        const job = begin((frame) => {
          if (mine !== round) return;
          frames.push(frame);
          if (performance.now() - seen < between) return;
          seen = performance.now();
          put({ id, key, frames: frames.slice() });
        });
        end = job.stop;
        try {
          const result = await job.result;
          if (mine !== round) return;
          put({ id, key, frames, result });
        } catch (error) {
          if (error instanceof Stopped || mine !== round) return;
          put({ id, key, frames: [], problem: error instanceof Error ? error.message : String(error) });
        }
      }
      if (mine === round) busy.value = false;
    },
  };
}
