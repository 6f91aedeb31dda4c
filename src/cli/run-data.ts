/** @file The data of a run, or other data of their shape, as samples that its model reads. */
import { resolve } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { zeros, type Tensor } from '../base/tensor.ts';
import { loadRun, type LoadedRun } from '../run/load.ts';
import { loadBatch } from '../data/batch.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
import type { Layout } from '../data/layout.ts';
import { optionsOf } from '../data/open.ts';
import type { OpenOptions } from '../data/opener.ts';
import { openShown } from './open-shown.ts';

/**
 * A run that knows the score on the whole way between data and noise.
 * @throws ConfigError if it has learned one noise level alone; otherwise as `loadRun`.
 */
export function loadWholeRun(folder: string, step?: number): LoadedRun {
  const loaded = loadRun(folder, step);
  checkOptions([
    !loaded.sampling.oneLevel,
    'RUN',
    'expected a run that has learned the score at all noise levels, found one of one level',
  ]);
  return loaded;
}

/** Settings of data that say which samples are taken; all others say how samples are made of files. */
const selecting = ['ref', 'limit', 'flips', 'group', 'split', 'folder', 'count', 'seed', 'weights'];

/**
 * How other data than those of a run are read beside it: by the settings of its own data that say how samples are made of files
 * (size, channels), as far as the others have them; pictures of a folder get the channels that the run's samples have.
 * @param ref - a name or a path
 * @throws ConfigError or FileError if there are no such data.
 */
export async function readingOfOther(
  { config, data }: Pick<LoadedRun, 'config' | 'data'>,
  ref: string,
): Promise<OpenOptions> {
  const takes: readonly string[] = await optionsOf(ref);
  const own: OpenOptions = Object.fromEntries(
    Object.entries(config.data).filter(([name]) => takes.includes(name) && !selecting.includes(name)),
  );
  const pictures = data.kind === 'images' && takes.includes('channels');
  return pictures ? { channels: data.shape[0] === 1 ? 1 : 3, ...own } : own;
}

/**
 * How data that are named beside a run are read: its own by all of their settings, others by `readingOfOther`.
 * @throws ConfigError or FileError if there are no such data.
 */
export async function readingOf(run: Pick<LoadedRun, 'config' | 'data'>, ref: string): Promise<OpenOptions> {
  const { ref: own, ...options } = run.config.data;
  return ref === own || resolve(ref) === own ? options : readingOfOther(run, ref);
}

/**
 * The data of the run or a part of it, or another set of samples of the same shape, read as the run reads its own. The test part of
 * a toy is drawn anew.
 * @param options.layout - what the axes of an array are, where the run does not say it
 * @throws ConfigError if the data of the run have no test part, or the samples have another shape.
 */
export async function openRunData(
  run: LoadedRun,
  ref: string,
  { layout }: { readonly layout?: Layout | undefined } = {},
): Promise<DataSet> {
  const { config, data } = run;
  const { ref: own, ...options } = config.data;
  const part = ref === 'train' || ref === 'test' ? ref : undefined;
  checkOptions([layout === undefined || part === undefined, '--layout', `is of other data, ${ref} is of the run`]);
  const set =
    part === undefined
      ? await openOther(run, ref, layout)
      : await openShown(own, { ...options, ...(part === 'test' ? await testOptions(own, options.seed) : {}) });
  const found = sampleShape(set);
  if (found.join() !== data.shape.join())
    throw new ConfigError([
      {
        path: '--data',
        message: `expected samples [${data.shape.join(', ')}] as the run has, got [${found.join(', ')}]`,
      },
    ]);
  // Mirror images are for training; here every sample is itself.
  return set.kind === 'images' ? { ...set, flips: false } : set;
}

/** Other data; where there are none of the name, the names of the run's own are told too. */
async function openOther(run: LoadedRun, ref: string, layout: Layout | undefined): Promise<DataSet> {
  try {
    return await openShown(ref, { ...(await readingOf(run, ref)), ...(layout && { layout }) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      error.issues.map(({ path, message }) =>
        path === 'data'
          ? { path: '--data', message: message.replace(/^expected /, 'expected test, train, ') }
          : { path, message },
      ),
    );
  }
}

async function testOptions(ref: string, seed = 0): Promise<OpenOptions> {
  const takes = await optionsOf(ref);
  if (takes.includes('split')) return { split: 'test' };
  if (takes.includes('seed')) return { seed: seed + 1 };
  throw new ConfigError([
    { path: '--data', message: `${ref} has no test part; give --data train for what the run has seen, or other data` },
  ]);
}

/** Samples of a set in the model's range, images with uniform noise; sample i depends on its row and the key alone. */
export function samplesOf({ data }: LoadedRun, set: DataSet, rows: readonly number[], key: Key): Tensor {
  const out = zeros([rows.length, ...data.shape]);
  const size = out.data.length / rows.length;
  rows.forEach((row, i) =>
    out.data.set(loadBatch(set, data.scaler, [row], foldIn(foldIn(key, 'data'), row)), i * size),
  );
  return out;
}
