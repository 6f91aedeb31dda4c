/** @file Opening data with progress on stderr where it takes long, and notes on what was left out. */
import type { DataSet } from '../../data/dataset.ts';
import { openDataSet } from '../../run/data-sets.ts';
import type { OpenOptions, Watched } from '../../data/opener.ts';
import { openRunData, runDataRef, type KnownData, type RunDataOptions } from '../../node/run-data.ts';
import { terminal } from './terminal.ts';

/** Reading that takes less time shows no progress. */
const silentMs = 1000;

/** Opens a data set; progress and notes go to stderr, so that stdout has the same lines with and without them. */
export function openShown(ref: string, options: OpenOptions = {}): Promise<DataSet> {
  return shown(ref, (watched) => openDataSet(ref, { ...options, ...watched }));
}

/** `openRunData` with the progress and the notes of `openShown`. */
export function openRunDataShown(
  model: KnownData,
  ref: string,
  { layout }: Pick<RunDataOptions, 'layout'> = {},
): Promise<DataSet> {
  return shown(runDataRef(model, ref), (watched) => openRunData(model, ref, { layout, ...watched }));
}

async function shown(ref: string, open: (watched: Watched) => Promise<DataSet>): Promise<DataSet> {
  const out = terminal({ json: true });
  const started = performance.now();
  const set = await open({
    onProgress: ({ done, total }) => {
      if (performance.now() - started < silentMs) return;
      out.progress(`reading ${ref}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')} pictures`);
    },
  }).finally(() => {
    out.done();
  });
  for (const note of set.notes ?? []) out.line(`note: ${ref}: ${note}`);
  return set;
}
