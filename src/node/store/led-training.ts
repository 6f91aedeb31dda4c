/** @file The training that a first member brings to a store: whether it is that of the store, and what is written down of it. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import type { Json } from '../../base/json.ts';
import { shellWord } from '../../base/words.ts';
import { limitKeys } from '../../catalog/config/resolve.ts';
import type { RunConfig } from '../../catalog/config/schema.ts';
import { readTraining, writeTraining, type StoredTraining } from './standing.ts';
import type { Store } from './store.ts';

/** Steps that each member takes between two averages. */
const defaultLocalSteps = 16;

/** The run that a first member has. */
export interface LedRun {
  readonly folder: string;
  /** Whether it begins now. */
  readonly begins: boolean;
  /** Steps between two averages, where they were asked for. */
  readonly localSteps: number | undefined;
}

/**
 * To be called before a run is written: the store has no training, or that of the run.
 * @throws ConfigError if it has another one.
 */
export async function requireFree(store: Store, { begins, localSteps }: LedRun): Promise<StoredTraining | undefined> {
  const stored = await readTraining(store);
  if (stored === undefined) return undefined;
  checkOptions(
    [
      !begins,
      'dist',
      `there is the training of ${stored.run} on machine ${stored.host} in ${store.name}; go on with it there by --out ${shellWord(stored.run)} --resume, or choose another place`,
    ],
    [
      localSteps === undefined || localSteps === stored.localSteps,
      'local-steps',
      `this training has ${stored.localSteps}, got ${String(localSteps)}; choose another place to change it`,
    ],
  );
  return stored;
}

/**
 * Writes down what is trained in a store.
 * @returns the steps between two averages
 * @throws ConfigError if the store has the training of another run, or no checkpoint would be due in time.
 */
export async function bringTraining(store: Store, run: LedRun, config: RunConfig): Promise<number> {
  const stored = await requireFree(store, run);
  const { localSteps = stored?.localSteps ?? defaultLocalSteps } = run;
  checkOptions(
    [
      stored === undefined || sameRun(stored.config, config as unknown as Json),
      'dist',
      `the training in ${store.name} is that of ${stored?.run ?? ''}, with another configuration; choose another place`,
    ],
    [
      localSteps <= config.train.checkpointEvery,
      'local-steps',
      `expected at most as many as steps between checkpoints, ${config.train.checkpointEvery}, got ${localSteps}; give --set train.checkpointEvery=${localSteps}`,
    ],
  );
  const folder = resolve(run.folder);
  await writeTraining(store, { config: config as unknown as Json, run: folder, host: hostname(), localSteps });
  return localSteps;
}

/** Whether two configurations are of one run, which may end at another time than it was to. */
function sameRun(one: Json, other: Json): boolean {
  const [a, b] = [one, other].map((config) => {
    const { train, ...rest } = config as Readonly<Record<string, Json>>;
    const kept = Object.entries(train as object).filter(([name]) => !limitKeys.includes(name));
    return JSON.stringify({ ...rest, train: Object.fromEntries(kept) });
  });
  return a === b;
}
