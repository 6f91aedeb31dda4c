/** @file One progress bar for the whole of a computation, with the time that is left. */
import type { Running } from '../../model/running.ts';
import { duration, type Terminal } from './terminal.ts';

/** Characters of the bar. */
const width = 24;

/** The part that is done as a bar, in percent, with the time that is left at the speed so far. */
export function progressLine(what: string, fraction: number, seconds: number): string {
  const part = Math.min(1, Math.max(0, fraction));
  const full = Math.round(part * width);
  const bar = `${'━'.repeat(full)}${'─'.repeat(width - full)}`;
  const left = part > 0 && part < 1 ? `  ${duration((seconds / part) * (1 - part))} left` : '';
  return `${what}  ${bar} ${(100 * part).toFixed(0).padStart(3)} %${left}`;
}

/** Waits for a computation and shows how far it has come. */
export async function watched<P extends { readonly fraction: number }, R>(
  computation: Running<P, R>,
  what: string,
  out: Pick<Terminal, 'progress' | 'done'>,
): Promise<R> {
  const started = performance.now();
  try {
    for await (const { fraction } of computation)
      out.progress(progressLine(what, fraction, (performance.now() - started) / 1000));
    return await computation;
  } finally {
    out.done();
  }
}
