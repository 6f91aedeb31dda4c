/** @file Ends a process that waits too long for the others of its group. MPI waits busily in the thread of JavaScript, so that a thread of its own has to look at the time. */
import { Worker } from 'node:worker_threads';

/** What watches a process. */
export interface Watchdog {
  /** Does something that waits for other processes. */
  during<T>(wait: () => T): T;
  /** Ends the job, and kills this process where that has not ended after a few seconds: what was asked to end it may not answer either. */
  last(end: () => void): void;
  end(): void;
}

/** Seconds between two looks, and those that the end of a job may take. */
const interval = 0.25;
const lastSeconds = 5;

/** The thread: it kills the process where the main thread has been waiting since a moment that is too long ago. */
const thread = `
const { workerData: { memory, patience, name } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const waits = new Int32Array(memory);
let [seen, since, said] = [0, Date.now(), false];
setInterval(() => {
  const now = Atomics.load(waits, 0);
  // Odd numbers are waits.
  if (now !== seen || now % 2 === 0) [seen, since, said] = [now, Date.now(), false];
  const seconds = (Date.now() - since) / 1000;
  if (Atomics.load(waits, 1) === 1) {
    if (seconds > ${lastSeconds}) process.kill(process.pid, 'SIGKILL');
    return;
  }
  if (!said && seconds > Math.min(30, patience / 2)) {
    said = true;
    writeSync(2, 'scorefield: ' + name + ' has been waiting for the others for ' + seconds.toFixed(0) + ' s\\n');
  }
  if (seconds > patience) {
    writeSync(2, 'scorefield: ' + name + ' has waited ' + seconds.toFixed(0) + ' s for a process that does not answer, and ends the job; go on with --resume\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, ${interval * 1000});
`;

/**
 * Watches this process.
 * @param patience - seconds for which it may wait at a time
 * @param name - what it is called in messages
 */
export function watchdog(patience: number, name: string): Watchdog {
  const memory = new SharedArrayBuffer(8);
  const waits = new Int32Array(memory);
  const worker = new Worker(thread, { eval: true, workerData: { memory, patience, name } });
  worker.unref();
  const during = <T>(wait: () => T): T => {
    Atomics.add(waits, 0, 1);
    try {
      return wait();
    } finally {
      Atomics.add(waits, 0, 1);
    }
  };
  return {
    during,
    last: (end) => {
      Atomics.store(waits, 1, 1);
      during(end);
    },
    end: () => void worker.terminate(),
  };
}
