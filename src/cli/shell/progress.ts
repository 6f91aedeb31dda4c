/** @file One progress bar for the whole of a computation, with the time that is left. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Running } from '../../model/running.ts';
import { duration, type Terminal } from './terminal.ts';

/** Characters of the bar. */
const width = 24;

/** The part that is done as a bar, in percent, with the time that is left. */
export function progressLine(what: string, fraction: number, secondsLeft: number | undefined): string {
  const part = Math.min(1, Math.max(0, fraction));
  const full = Math.round(part * width);
  const bar = `${'━'.repeat(full)}${'─'.repeat(width - full)}`;
  const left = secondsLeft === undefined ? '' : `  ${duration(secondsLeft)} left`;
  return `${what}  ${bar} ${(100 * part).toFixed(0).padStart(3)} %${left}`;
}

/** Time of work after which signals are heard, in milliseconds. */
const hearEveryMs = 50;

/** What watched computations say of their steps. */
interface Step {
  /** The part that is done, 0 to 1. */
  readonly fraction: number;
  /** Seconds that are left; estimated from the speed so far by default. */
  readonly secondsLeft?: number;
}

/**
 * Waits for a computation and shows how far it has come.
 * @param what - the words before the bar, of the whole computation or of each step
 */
export async function watched<P extends Step, R>(
  computation: Running<P, R>,
  what: string | ((step: P) => string),
  out: Pick<Terminal, 'progress' | 'done'>,
): Promise<R> {
  const started = performance.now();
  let heard = started;
  try {
    for await (const step of computation) {
      const { fraction, secondsLeft = secondsFor(fraction, (performance.now() - started) / 1000) } = step;
      out.progress(progressLine(typeof what === 'string' ? what : what(step), fraction, secondsLeft));
      if (performance.now() - heard < hearEveryMs) continue;
      // A computation that awaits only itself never ends a turn of the event loop, in which signals arrive.
      await turn();
      heard = performance.now();
    }
    return await computation;
  } finally {
    out.done();
  }
}

/** Seconds for the rest of a computation at the speed so far. */
export function secondsFor(fraction: number, seconds: number): number | undefined {
  return fraction > 0 && fraction < 1 ? (seconds / fraction) * (1 - fraction) : undefined;
}
