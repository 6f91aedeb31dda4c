/** @file Loops that let their thread receive messages. */

/**
 * The steps of a loop, with a pause of one turn of the event loop whenever `ms` milliseconds of work have gone by. A loop that
 * awaits only its own computations never ends its turn, so that a worker that trains or samples would not receive the
 * message that asks it to stop until it is done.
 * @param ms - time between pauses in milliseconds, 12 by default, less than a frame; a pause takes well under 0.1
 * @returns what `steps` yields and returns; leaving the loop ends `steps` too
 * @example
 * ```ts
 * import { gaussian, heun, key, predictorCorrector, split, tensor, vp, yielding } from 'scorefield';
 *
 * const sde = vp();
 * const { score } = gaussian(sde, { mean: tensor([0], [1]), std: 1 });
 * const steps = predictorCorrector({ predictor: heun(), steps: 50 })({ sde, score, shape: [1], keys: split(key(0), 10) });
 * const stop = new AbortController(); // aborted by a message, for example
 * for await (const { x } of yielding(steps)) {
 *   if (stop.signal.aborted) break;
 *   console.log(x.data);
 * }
 * ```
 */
export async function* yielding<T, R>(steps: AsyncGenerator<T, R>, ms = 12): AsyncGenerator<T, R> {
  let paused = performance.now();
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield next.value;
      if (performance.now() - paused < ms) continue;
      await turn();
      paused = performance.now();
    }
  } finally {
    // Nothing happens where it has ended already.
    await steps.return(undefined as never);
  }
}

/** Waits for the next turn of the event loop. Timers would wait 4 milliseconds or more, messages arrive in the order in which they were sent. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const receiver = port1 as typeof port1 & { onmessage: () => void };
    receiver.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
