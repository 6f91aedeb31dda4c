import { describe, expect, it } from 'vitest';
import { finish } from '../../src/sample/sampler.ts';
import { yielding } from '../../src/base/yielding.ts';

/** Steps of a millisecond that await nothing but promises, as training and sampling do. */
async function* busy(steps: number, ended: () => void = () => undefined): AsyncGenerator<number, string> {
  try {
    for (let step = 1; step <= steps; step++) {
      const begin = performance.now();
      while (performance.now() - begin < 1) await Promise.resolve();
      yield step;
    }
    return 'done';
  } finally {
    ended();
  }
}

/** Runs a loop until a message says stop, which is sent as it begins; the steps that were taken. */
async function stepsUntilStopped(steps: AsyncGenerator<number, string>): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const heard: unknown[] = [];
  port1.on('message', (message) => heard.push(message));
  port2.postMessage('stop');
  let last = 0;
  for await (const step of steps) {
    last = step;
    if (heard.length > 0) break;
  }
  port1.close();
  return last;
}

describe('yielding', () => {
  it('lets a loop hear a message, which it would not hear before its end', async () => {
    expect(await stepsUntilStopped(busy(200))).toBe(200);
    expect(await stepsUntilStopped(yielding(busy(200)))).toBeLessThan(100);
  });

  it('pauses at the given interval', async () => {
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns++;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    await finish(yielding(busy(60), 5));
    const often = turns;
    await finish(yielding(busy(60), 1e9));
    counting = false;
    expect(often).toBeGreaterThanOrEqual(4);
    expect(turns).toBe(often);
  });

  it('yields and returns what the steps do', async () => {
    const steps = yielding(busy(5), 0);
    const seen: number[] = [];
    let next = await steps.next();
    for (; next.done !== true; next = await steps.next()) seen.push(next.value);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(next.value).toBe('done');
  });

  it('ends the steps when the loop is left, and passes their errors on', async () => {
    let ended = 0;
    for await (const step of yielding(
      busy(100, () => ended++),
      0,
    ))
      if (step === 3) break;
    expect(ended).toBe(1);
    async function* failing(): AsyncGenerator<number, void> {
      yield await Promise.resolve(1);
      throw new Error('a fault');
    }
    await expect(finish(yielding(failing(), 0))).rejects.toThrow('a fault');
  });
});
