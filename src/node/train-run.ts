/** @file Training as a run: a folder that can be stopped, resumed, inspected and sampled from. */
import { solo, type Group } from '../base/group.ts';
import type { Json } from '../base/json.ts';
import { openDataSet } from '../run/data-sets.ts';
import { completeFolders, isRun, lockRun, openRun, updateConfig } from '../run/folder/run-folder.ts';
import { running, type Running, type RunOptions } from '../model/running.ts';
import { enginesFor } from '../model/host.ts';
import { nodeHost } from './host.ts';
import { endRounds, leadRounds, type Leadership } from './store/lead.ts';
import { bringTraining, requireFree } from './store/led-training.ts';
import { joinStore, openStore, storePlace } from './store/open-store.ts';
import { readStanding } from './store/standing.ts';
import type { Store } from './store/store.ts';
import { askedFor, neededBy, runFolder, type TrainingChoice } from './training/asked.ts';
import { followRun } from './training/follow-run.ts';
import { joinTraining } from './training/join-store.ts';
import { startRun } from './training/start.ts';
import { defaultPatience, together, requireSameData } from './training/together.ts';
import { trainPrepared, type TrainOutcome, type TrainRunControl, type TrainRunStep } from './training/loop.ts';
import type { OpenSet } from './training/prepared.ts';
import { resumeRun } from './training/resume.ts';

/** How a run is trained. */
export interface TrainRunOptions extends TrainingChoice, TrainRunControl {
  /** Opens the data; that of the other threads is `openDataSet` in any case, which has to find the same. Default `openDataSet`. */
  readonly open?: OpenSet | undefined;
}

/**
 * Trains a network on data in a run folder, or goes on training it, as `scorefield train` does. The run has been saved when the
 * computation ends, and can be opened by `openModel(run)`.
 * @param data - name of a data set, or path of a folder of images or of an array
 * @throws ConfigError listing every option that is unknown or does not fit the data.
 * @throws FileError if the folder, a file of the run or the data cannot be used.
 * @throws NumericalError when the loss, the gradient or the update is not finite, with a way to go on.
 * @example
 * ```ts
 * import { openModel, trainRun } from 'scorefield/node';
 *
 * const { run } = await trainRun('two-moons', { out: 'runs/moons', steps: 3000 });
 * const model = await openModel(run);
 * console.log(model.info.step);
 * ```
 */
export function trainRun(
  data: string,
  options: TrainRunOptions & RunOptions<TrainRunStep> = {},
): Running<TrainRunStep, TrainOutcome> {
  return running(() => training(data, options), options);
}

async function* training(ref: string, options: TrainRunOptions): AsyncGenerator<TrainRunStep, TrainOutcome> {
  const place = storePlace(options);
  if (place !== undefined) return yield* inStore(ref, options, openStore(place));
  const { group, end } = together(ref, options);
  if (group.rank > 0) return followRun(ref, options, group);
  try {
    return yield* leading(ref, options, group);
  } finally {
    await end();
  }
}

/** The training of members that meet in a store: the first has the run, the others follow it. */
async function* inStore(
  ref: string,
  options: TrainRunOptions,
  store: Store,
): AsyncGenerator<TrainRunStep, TrainOutcome> {
  const member = await joinStore(store, options.member);
  const { first, own, leave } = member;
  const { patience = defaultPatience, members = 1 } = options;
  try {
    if (first === undefined) return yield* joinTraining(ref, options, { store, own, patience });
    const before = (await readStanding(store))?.session ?? 0;
    let end: Parameters<typeof endRounds>[1] = 'failed';
    try {
      const outcome = yield* leading(ref, options, solo, { store, first, own, patience, members });
      end = outcome.interrupted ? 'stopped' : 'done';
      return outcome;
    } finally {
      const said = endRounds({ store, first }, end, before);
      // What has failed is said, and not that the others do not hear of it, such as on a disk that is full.
      await (end === 'failed' ? said.catch(() => undefined) : said);
    }
  } finally {
    await leave();
  }
}

/** The training of the first member of a group, or of those that meet in a store, which has the run. */
async function* leading(
  ref: string,
  options: TrainRunOptions,
  group: Group,
  lead?: Omit<Leadership, 'localSteps'>,
): AsyncGenerator<TrainRunStep, TrainOutcome> {
  const { device, open = openDataSet, resume, onStart, onNote, stopRequested, saveRequested, onLevels } = options;
  const folder = runFolder(ref, options);
  const asked = askedFor(ref, options);
  const begins = !(resume && isRun(folder));
  const how = { needs: neededBy(options, asked), device, open, members: group.size };
  const host = nodeHost(options);
  // That the device can be used is known before anything is written.
  await host.backend(1);
  const own = { folder, begins, localSteps: options.localSteps };
  if (lead !== undefined) await requireFree(lead.store, own);
  const ready = begins ? await startRun(folder, asked, how) : undefined;
  const lock = lockRun(ready?.run ?? openRun(folder));
  try {
    // What a run goes on from is read under the lock: until then another process may be adding to it. All is read and found
    // sound before the first byte is written.
    const prepared = ready ?? (await resumeRun(openRun(folder), asked, how));
    completeFolders(prepared.run);
    // What is asked for now is what a later --resume goes on with.
    if (!begins) updateConfig(prepared.run, prepared.config as unknown as Json);
    const engines = await enginesFor(host, prepared.set);
    const localSteps = lead && (await bringTraining(lead.store, own, prepared.config));
    await group.barrier();
    await requireSameData(group, prepared.summary);
    const outcome = yield* trainPrepared(prepared, {
      ...engines,
      group,
      ...(lead && localSteps !== undefined && { rounds: (led) => leadRounds({ ...lead, localSteps }, led) }),
      lock,
      onStart,
      onNote,
      stopRequested,
      saveRequested,
      onLevels,
    });
    await group.close();
    return outcome;
  } finally {
    lock.release();
  }
}
