/** @file A run that goes on. */
import { checkOptions } from '../../base/check.ts';
import type { Json } from '../../base/json.ts';
import { buildTraining, type Training } from '../../catalog/build.ts';
import { classCount } from '../../catalog/kinds.ts';
import { merge, part } from '../../catalog/config/merge.ts';
import type { Plain } from '../../catalog/option.ts';
import { resumeConfig } from '../../catalog/config/resolve.ts';
import type { RunConfig } from '../../catalog/config/schema.ts';
import { inClassOrder, knowsClasses } from '../../data/class-names.ts';
import { inUnitsOf, type DataSet } from '../../data/dataset.ts';
import type { TextCoding } from '../../data/texts/text-coding.ts';
import { dataSetNames } from '../../run/data-sets.ts';
import {
  checkpointFile,
  listCheckpoints,
  loadCheckpoint,
  type LoadedCheckpoint,
} from '../../run/folder/checkpoint-files.ts';
import { requireHistory } from '../../run/folder/history.ts';
import { readMetrics } from '../../run/folder/metrics.ts';
import type { Run } from '../../run/folder/run-folder.ts';
import { dataOf, fromCheckpoint } from '../../run/checkpoint.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import { initialPoint } from '../../run/initial.ts';
import { configOf } from '../../run/load.ts';
import { requireDivisible } from '../../score/divided-step.ts';
import { codingOf, sameData, summarize } from '../../run/summarize.ts';
import type { TrainPoint } from '../../train/train.ts';
import { autoencoderOfRun } from './latents.ts';
import { openConfigured, openHeldOut, type Prepared, type PrepareOptions } from './prepared.ts';
import { inOrderOf, sourceOf } from './source.ts';
import { teacherOf } from './teacher.ts';

/**
 * Reads a run that goes on, with its data. Everything is read and checked before anything is written.
 * @param stored - the run, which is locked
 * @throws ConfigError if other options are asked for than the run can go on with.
 * @throws FileError if a file of the run is damaged, or the data have changed.
 */
export async function resumeRun(stored: Run, asked: Plain, how: PrepareOptions): Promise<Prepared> {
  const before = configOf(stored);
  const newest = listCheckpoints(stored).at(-1);
  requireHistory(stored, newest, before.train.checkpointEvery);
  readMetrics(stored);
  const loaded = newest === undefined ? undefined : loadCheckpoint(stored, newest);
  return preparedFrom(stored, loaded, asked, {
    ...how,
    file: loaded === undefined ? stored.folder : checkpointFile(stored, loaded.step),
    changed: (set) =>
      `${set} has changed since this run began, or is read otherwise since (see CHANGELOG.md); restore it, or start a new run with --init`,
    moved: (set) =>
      `the data of this run were ${before.data.ref}, and ${set} contains others; give the same data, or start a new run`,
  });
}

/** How a run goes on from a point of it. */
interface GoOn extends Omit<PrepareOptions, 'device'> {
  /** Where the point was read. */
  readonly file: string;
  /** What is said where the data are not those of the run, in the same place or in another one. */
  readonly changed: (set: string) => string;
  readonly moved: (set: string) => string;
}

/**
 * A run with its data, which goes on from a point of it; without one it begins.
 * @throws ConfigError if other options are asked for than the run can go on with, or the data are others.
 */
export async function preparedFrom(
  stored: Run,
  loaded: LoadedCheckpoint | undefined,
  asked: Plain,
  { needs, open, members = 1, file, changed, moved: changedPlace }: GoOn,
): Promise<Prepared> {
  const before = configOf(stored);
  const untrained = loaded === undefined;
  const { ref } = part(asked, 'data');
  const moved = isMoved(before.data.ref, ref) ? ref : undefined;
  const inPlace = moved === undefined ? asked : merge(asked, { data: { ref: before.data.ref } });
  const kept = resumeConfig(before, inPlace, { untrained });
  const config = moved === undefined ? kept : { ...kept, data: { ...kept.data, ref: moved } };
  checkOptions([
    classCount(config.net) > 0 || needs !== 'conditional',
    'conditional',
    'this run has a network without classes; start a new run',
  ]);
  const summarized = loaded && dataOf(loaded, file);
  const opened = await openConfigured(open, config.data);
  // Older runs read images of floats as bytes.
  const set = inOrderOfRun(config, summarized ? inUnitsOf(summarized.scaler, opened) : opened, summarized);
  const training = buildTraining(config, set, undefined, {
    coding: codingOfRun(config, summarized),
    teacher: teacherOf(config.loss)?.score,
  });
  requireDivisible(training.objective, config.train.batch, members);
  const summary = summarize(set, training);
  const heldOut = await openHeldOut(open, config, set);
  if (loaded !== undefined) {
    const message = (moved === undefined ? changed : changedPlace)(set.name);
    checkOptions([sameData(dataOf(loaded, file), summary), 'data', message]);
  }
  const from = loaded === undefined ? firstPoint(config, training) : fromCheckpoint(loaded, training.net, file);
  const autoencoder = from === undefined ? autoencoderOfRun(config) : undefined;
  return {
    run: { ...stored, config: config as unknown as Json },
    ...{ config, set, heldOut, training, summary, from, autoencoder },
  };
}

/** The coding of texts that a run began with; undefined where it is made of its data. */
function codingOfRun({ train: { init }, task }: RunConfig, before: DataSummary | undefined): TextCoding | undefined {
  if (before !== undefined) return codingOf(before);
  return init === undefined ? undefined : codingOf(sourceOf(init, task).data);
}

/** Where a run that has no checkpoint yet begins, if not at random. */
function firstPoint({ train: { init }, task }: RunConfig, { net }: Training): TrainPoint | undefined {
  if (init === undefined) return undefined;
  return initialPoint(net, sourceOf(init, task), init);
}

/** The data of a run that goes on, in the order of classes that it began with; data of other classes stay as they are. */
function inOrderOfRun({ train: { init }, task }: RunConfig, set: DataSet, before: DataSummary | undefined): DataSet {
  if (before === undefined) return init === undefined ? set : inOrderOf(sourceOf(init, task), set, init);
  const names = before.classes?.names;
  if (names === undefined || !knowsClasses(names, set)) return set;
  return inClassOrder(set, { names, whose: 'the run', path: 'data' });
}

/** Whether data at another path are asked for; that of data with a name of their own is no path. */
function isMoved(before: string, asked: unknown): asked is string {
  const isName = (ref: string): boolean => Object.hasOwn(dataSetNames, ref);
  return typeof asked === 'string' && asked !== before && !isName(asked) && !isName(before);
}
