/** @file The tasks of the main thread of a page, as Chromium traces them. */
import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds, by the clock and of the processor. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Milliseconds of a task: what the clock showed, and what the processor gave it, which other programs do not change. */
export interface Task {
  readonly wall: number;
  readonly cpu: number;
}

/** The tasks of the main thread of pages while something is done. */
export async function tasksOf(browser: Browser, page: Page, act: () => Promise<unknown>): Promise<readonly Task[]> {
  const categories = ['__metadata', 'toplevel', 'disabled-by-default-devtools.timeline'];
  await browser.startTracing(page, { categories });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(threadOf),
  );
  return (
    traceEvents
      // A task that the trace cuts off has no end.
      .filter(({ ph, name, tdur }) => ph === 'X' && name.endsWith('RunTask') && tdur !== undefined)
      .filter((event) => mains.has(threadOf(event)))
      .map(({ dur = NaN, tdur = NaN }) => ({ wall: dur / 1000, cpu: tdur / 1000 }))
  );
}

/** Milliseconds of the processor in the longest task. */
export function longestOf(tasks: readonly Task[]): number {
  if (tasks.length === 0) throw new Error('expected tasks of the main thread, found none');
  return Math.max(...tasks.map(({ cpu }) => cpu));
}
