/** @file Opening data in front of a person: how far it has come where it takes long, and what was left out. */
import type { DataSet } from '../data/dataset.ts';
import { openDataSet } from '../data/open.ts';
import type { OpenOptions } from '../data/opener.ts';
import { terminal } from './shell/terminal.ts';

/** What is read sooner needs no words. */
const silentMs = 1000;

/** Opens a data set; progress and notes go to stderr, so that stdout has the same lines with and without them. */
export async function openShown(ref: string, options: OpenOptions = {}): Promise<DataSet> {
  const out = terminal({ json: true });
  const started = performance.now();
  const set = await openDataSet(ref, {
    ...options,
    onProgress: ({ done, total }) => {
      if (performance.now() - started < silentMs) return;
      out.progress(`reading ${ref}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')} pictures`);
    },
  }).finally(() => out.done());
  for (const note of set.notes ?? []) out.line(`note: ${ref}: ${note}`);
  return set;
}
