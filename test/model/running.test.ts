/** @file The one protocol of everything that takes time. */
import { describe, expect, it } from 'vitest';
import { yielding } from '../../src/base/yielding.ts';
import { reported, running, sideBySide } from '../../src/model/running.ts';

interface Watched {
  begun: number;
  closed: number;
}

/** Counts to n and returns the sum; `watched` says how often it began and was closed. */
async function* counting(n: number, watched: Watched = { begun: 0, closed: 0 }): AsyncGenerator<number, number> {
  watched.begun += 1;
  try {
    let sum = 0;
    for (let i = 1; i <= n; i++) {
      await Promise.resolve();
      sum += i;
      yield i;
    }
    return sum;
  } finally {
    watched.closed += 1;
  }
}

const failing = async function* (): AsyncGenerator<number, number> {
  yield await Promise.resolve(1);
  throw new RangeError('broken');
};

describe('a computation', () => {
  it('gives its result when it is awaited, and runs once however often that is', async () => {
    const watched = { begun: 0, closed: 0 };
    const own = running(() => counting(4, watched));
    expect(watched.begun).toBe(0);
    expect(await own).toBe(10);
    expect([await own, await own.result]).toEqual([10, 10]);
    expect(watched).toEqual({ begun: 1, closed: 1 });
  });

  it('shows every step to a loop, and has its result afterwards', async () => {
    const own = running(() => counting(3));
    const seen: number[] = [];
    for await (const step of own) seen.push(step);
    expect(seen).toEqual([1, 2, 3]);
    expect(await own).toBe(6);
  });

  it('calls onProgress at every step, awaited or iterated over', async () => {
    for (const iterate of [true, false]) {
      const seen: number[] = [];
      const own = running(() => counting(3), { onProgress: (step) => seen.push(step) });
      if (iterate) for await (const step of own) expect(seen.at(-1)).toBe(step);
      await own;
      expect(seen).toEqual([1, 2, 3]);
    }
  });

  it('is stopped by leaving the loop; its result is then an AbortError', async () => {
    const watched = { begun: 0, closed: 0 };
    const own = running(() => counting(1000, watched));
    for await (const step of own) if (step === 3) break;
    expect(watched).toEqual({ begun: 1, closed: 1 });
    await expect(own.result).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is stopped by a signal, with its reason, awaited or iterated over', async () => {
    const watched = { begun: 0, closed: 0 };
    const stop = new AbortController();
    const own = running(() => counting(1000, watched), {
      signal: stop.signal,
      onProgress: (step) => {
        if (step === 5) stop.abort(new Error('enough'));
      },
    });
    await expect(own.result).rejects.toThrow('enough');
    const seen: number[] = [];
    const other = running(() => counting(1000, watched), {
      signal: AbortSignal.abort(),
      onProgress: (s) => seen.push(s),
    });
    await expect(
      (async () => {
        for await (const step of other) seen.push(step);
      })(),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([]);
    expect(watched.begun).toBe(watched.closed);
  });

  it('throws what went wrong to whoever waits, and to nobody else', async () => {
    const own = running(failing);
    await expect(
      (async () => {
        for await (const step of own) expect(step).toBe(1);
      })(),
    ).rejects.toThrow('broken');
    await expect(own.result).rejects.toThrow('broken');
  });

  it('throws what goes wrong before the first step', async () => {
    const own = running<number, number>(() => {
      throw new RangeError('no begin');
    });
    await expect(own.result).rejects.toThrow('no begin');
  });

  it('can be iterated over once', async () => {
    const own = running(() => counting(2));
    await own;
    expect(() => own[Symbol.asyncIterator]()).toThrow('once');
  });

  it('is stopped by its disposal, before it begins or while it runs', async () => {
    const watched = { begun: 0, closed: 0 };
    const early = running(() => counting(5, watched));
    await early[Symbol.asyncDispose]();
    await expect(early.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(watched.begun).toBe(0);
    const late = running(() => counting(1000, watched));
    const steps = late[Symbol.asyncIterator]();
    await steps.next();
    await late[Symbol.asyncDispose]();
    expect(watched).toEqual({ begun: 1, closed: 1 });
  });
});

describe('several computations side by side', () => {
  it('run so many at a time, and give their results in order', async () => {
    let open = 0;
    let most = 0;
    const each = [5, 1, 3, 2, 4].map(
      (n) =>
        async function* () {
          open += 1;
          most = Math.max(most, open);
          const sum = yield* counting(n);
          open -= 1;
          return sum;
        },
    );
    const own = running(() => sideBySide(each, 2));
    let steps = 0;
    for await (const step of own) steps += step > 0 ? 1 : 0;
    expect(steps).toBe(15);
    expect(await own).toEqual([15, 1, 6, 3, 10]);
    expect(most).toBe(2);
  });

  it('are all closed where one fails or the loop is left', async () => {
    for (const leave of [true, false]) {
      const watched = { begun: 0, closed: 0 };
      const tasks = [() => counting(1000, watched), () => counting(1000, watched), ...(leave ? [] : [failing])];
      const own = running(() => sideBySide(tasks, 3));
      const loop = async (): Promise<void> => {
        let seen = 0;
        for await (const step of own) if (step > 0 && ++seen === 20 && leave) break;
      };
      if (leave) await loop();
      else await expect(loop()).rejects.toThrow('broken');
      expect(watched).toEqual({ begun: 2, closed: 2 });
    }
  });
});

describe('a task that reports its progress', () => {
  it('is a loop over the newest reports, with its result', async () => {
    const own = running(() =>
      reported<number, string>(async (report) => {
        for (let i = 1; i <= 6; i++) {
          void report(i);
          if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve));
        }
        return 'done';
      }),
    );
    const seen: number[] = [];
    for await (const step of own) seen.push(step);
    expect(seen).toEqual([2, 4, 6]);
    expect(await own).toBe('done');
  });

  it('ends with an AbortError where the loop is left', async () => {
    let ended: unknown;
    const own = running(() =>
      reported<number, string>(async (report) => {
        try {
          for (let i = 0; ; i++) {
            void report(i);
            await new Promise((resolve) => setTimeout(resolve));
          }
        } catch (error) {
          ended = error;
          throw error;
        }
      }),
    );
    for await (const step of own) if (step >= 2) break;
    expect(ended).toMatchObject({ name: 'AbortError' });
  });

  it('is one step ahead of a loop whose reports it awaits, so that its thread hears others though it ends no turn itself', async () => {
    const stop = { asked: false };
    setTimeout(() => (stop.asked = true), 15);
    let reports = 0;
    const own = yielding(
      reported<number, string>(async (report) => {
        for (; reports < 2000; reports++) {
          const until = performance.now() + 1;
          while (performance.now() < until);
          await report(reports);
        }
        return 'over';
      }),
    );
    for await (const step of own) if (stop.asked || step > 1000) break;
    // A report takes a millisecond, and messages are received every 12 of them.
    expect(reports).toBeLessThan(500);
  });

  it('ends a report that is awaited where the loop is left', async () => {
    let ended: unknown;
    const own = reported<number, string>(async (report) => {
      try {
        for (let i = 0; ; i++) await report(i);
      } catch (error) {
        ended = error;
        throw error;
      }
    });
    for await (const step of own) if (step >= 2) break;
    expect(ended).toMatchObject({ name: 'AbortError' });
  });
});
