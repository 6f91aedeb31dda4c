/** @file One protocol for everything that takes time: steps to iterate over, a result to await, and a way to stop. */

/** How a computation is watched and stopped. */
export interface RunOptions<P> {
  /** Stops the computation between two steps; it then throws the signal's reason. None by default. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every step, before whoever iterates sees it. None by default. */
  readonly onProgress?: ((step: P) => void) | undefined;
}

/**
 * A computation that begins when it is first awaited or iterated over. `for await` sees every step, and leaving the loop stops the
 * computation; `await` gives the result, also after a loop that ran to the end. `await using` stops what is still running.
 */
export interface Running<P, R> extends AsyncIterable<P>, PromiseLike<R> {
  /** The result; equal to awaiting the computation itself. */
  readonly result: Promise<R>;
  /** Stops the computation and frees its resources; nothing happens after its end. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Wraps a generator of steps with a result.
 * @param begin - makes the generator; called once, when the computation begins
 */
export function running<P, R>(begin: () => AsyncGenerator<P, R>, options: RunOptions<P> = {}): Running<P, R> {
  const { signal, onProgress } = options;
  let settle: { resolve: (value: R) => void; reject: (error: unknown) => void } | undefined;
  const result = new Promise<R>((resolve, reject) => (settle = { resolve, reject }));
  // Whoever iterates sees the error in the loop, and need not await the result as well.
  result.catch(() => undefined);
  let state: 'new' | 'running' | 'over' = 'new';
  let steps: AsyncGenerator<P, void> | undefined;

  async function* iterate(): AsyncGenerator<P, void> {
    let source: AsyncGenerator<P, R> | undefined;
    let finished = false;
    try {
      source = begin();
      for (;;) {
        signal?.throwIfAborted();
        const next = await source.next();
        if (next.done === true) {
          finished = true;
          settle?.resolve(next.value);
          return;
        }
        onProgress?.(next.value);
        yield next.value;
      }
    } catch (error) {
      finished = true;
      settle?.reject(error);
      await source?.return(undefined as R);
      throw error;
    } finally {
      state = 'over';
      if (!finished) {
        settle?.reject(new DOMException('the computation was stopped before its end', 'AbortError'));
        await source?.return(undefined as R);
      }
    }
  }

  const start = (): AsyncGenerator<P, void> => {
    state = 'running';
    return (steps = iterate());
  };
  const drain = async (): Promise<void> => {
    const own = start();
    while ((await own.next()).done !== true);
  };
  const outcome = (): Promise<R> => {
    if (state === 'new') drain().catch(() => undefined); // `result` rejects with the same error
    return result;
  };
  return {
    get result() {
      return outcome();
    },
    then: (resolve, reject) => outcome().then(resolve, reject),
    [Symbol.asyncIterator]: () => {
      if (state !== 'new')
        throw new TypeError('a computation can be iterated over once, and not after it was awaited; begin another one');
      return start();
    },
    [Symbol.asyncDispose]: async () => {
      if (state === 'new') {
        state = 'over';
        settle?.reject(new DOMException('the computation was stopped before it began', 'AbortError'));
      }
      await steps?.return();
    },
  };
}

/** A computation that yields the part of it that is done, as one that is watched. */
export function fractions<R>(steps: Generator<number, R>): Running<{ readonly fraction: number }, R> {
  // eslint-disable-next-line @typescript-eslint/require-await -- a computation is watched by promises
  return running(async function* () {
    let next = steps.next();
    for (; next.done !== true; next = steps.next()) yield { fraction: next.value };
    return next.value;
  });
}

/**
 * Steps of several computations, at most `parallel` of them at a time, as they come; each is one step ahead of who iterates, so that
 * no thread waits.
 * @returns the results, in the order of the computations
 * @throws what the first failing computation throws, once the others that have started are stopped.
 */
export async function* sideBySide<P, R>(
  computations: readonly (() => AsyncGenerator<P, R>)[],
  parallel: number,
): AsyncGenerator<P, readonly R[]> {
  type Arrived = { readonly index: number; readonly next: IteratorResult<P, R> };
  const results: R[] = [];
  const open = new Map<number, AsyncGenerator<P, R>>();
  const waiting = new Map<number, Promise<Arrived>>();
  let started = 0;
  const advance = (index: number, source: AsyncGenerator<P, R>): void => {
    const arriving = source.next().then((next) => ({ index, next }));
    // A failure is seen when its turn comes, or not at all where another one came first.
    arriving.catch(() => undefined);
    waiting.set(index, arriving);
  };
  try {
    for (;;) {
      while (open.size < parallel && started < computations.length) {
        const index = started++;
        const source = computations[index]?.();
        if (source === undefined) continue;
        open.set(index, source);
        advance(index, source);
      }
      if (waiting.size === 0) return results;
      const { index, next } = await Promise.race(waiting.values());
      waiting.delete(index);
      const source = open.get(index);
      if (next.done === true) {
        results[index] = next.value;
        open.delete(index);
        continue;
      }
      if (source !== undefined) advance(index, source);
      yield next.value;
    }
  } finally {
    // `return` waits for the step that is being computed.
    await Promise.allSettled([...open.values()].map((source) => source.return(undefined as R)));
  }
}

/**
 * The progress of a task that reports it by calls, as steps. A report is a promise that resolves when its step has been read and the next one
 * is asked for: a task that awaits it is one step ahead of who iterates, so that its thread can receive messages between two steps even if
 * the task never ends a turn of the event loop itself. Of steps that are reported without waiting the last one alone is seen. Leaving the
 * loop makes the report that is awaited, or else the next one, throw an AbortError, which ends the task.
 */
export async function* reported<P, R>(task: (report: (step: P) => Promise<void>) => Promise<R>): AsyncGenerator<P, R> {
  const queue: P[] = [];
  const state = { over: false, left: false };
  const stopped = (): DOMException => new DOMException('the computation was stopped before its end', 'AbortError');
  const waiting: { readonly goOn: () => void; readonly end: () => void }[] = [];
  let wake: () => void = () => undefined;
  const outcome = task((step) => {
    if (state.left) throw stopped();
    queue.splice(0, queue.length, step);
    const read = new Promise<void>((resolve, reject) => {
      const end = (): void => {
        reject(stopped());
      };
      waiting.push({ goOn: resolve, end });
    });
    read.catch(() => undefined); // who does not wait sees it at the next report
    wake();
    return read;
  }).finally(() => {
    state.over = true;
    wake();
  });
  outcome.catch(() => undefined); // thrown below, where the loop has not been left
  try {
    for (;;) {
      const readers = waiting.length;
      yield* queue.splice(0);
      for (const { goOn } of waiting.splice(0, readers)) goOn();
      if (queue.length > 0) continue;
      if (state.over) return await outcome;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    state.left = true;
    for (const { end } of waiting) end();
    await outcome.catch(() => undefined);
  }
}
