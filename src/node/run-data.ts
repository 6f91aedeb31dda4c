/** @file The data of a model, or other data of their shape, read as the model reads its own. */
import { resolve } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { inUnitsOf, kindOf, sampleShape, type DataSet } from '../data/dataset.ts';
import type { Layout } from '../data/arrays/layout.ts';
import { openDataSet, optionsOfData } from '../run/data-sets.ts';
import type { OpenOptions, Watched } from '../data/opener.ts';
import type { TrainedModel } from '../model/trained.ts';

/** What a model knows of its own data. */
export type KnownData = Pick<TrainedModel, 'config' | 'data'>;

/** Settings of data that say which samples are taken; all others say how samples are made of files. */
const selecting = ['ref', 'limit', 'flips', 'group', 'combinations', 'split', 'folder', 'count', 'seed', 'weights'];

/**
 * How data other than a model's own are read for it: by the settings of its own data that say how samples are made of files
 * (size, channels), as far as the others have them; pictures of a folder get the channels of the model's samples.
 * @param ref - a name or a path
 * @throws ConfigError or FileError if there are no such data.
 */
export async function readingOfOther({ config, data }: KnownData, ref: string): Promise<OpenOptions> {
  const takes: readonly string[] = await optionsOfData(ref);
  const own: OpenOptions = Object.fromEntries(
    Object.entries(config.data).filter(([name]) => takes.includes(name) && !selecting.includes(name)),
  );
  const made = dataKindOf(data).reading?.(data);
  if (made !== undefined)
    return { ...own, ...Object.fromEntries(Object.entries(made).filter(([name]) => takes.includes(name))) };
  // Of other data all is looked at.
  if (takes.includes('whole')) return { ...own, whole: true };
  const pictures = dataKindOf(data).pictures !== undefined && takes.includes('channels');
  return pictures ? { channels: data.shape[0] === 1 ? 1 : 3, ...own } : own;
}

/**
 * How data are read for a model: its own by all of their settings, others by `readingOfOther`.
 * @param ref - a name or a path
 * @throws ConfigError or FileError if there are no such data.
 */
export async function readingOf(model: KnownData, ref: string): Promise<OpenOptions> {
  const { ref: own, ...options } = model.config.data;
  return ref === own || resolve(ref) === own ? options : readingOfOther(model, ref);
}

/** Options of `openRunData`. */
export interface RunDataOptions extends Watched {
  /**
   * What the axes of an array are, where its shape leaves a choice; of data other than the model's own. By default
   * what the shape says.
   */
  readonly layout?: Layout | undefined;
}

/** The name or the path that `openRunData` reads: that of the model's own data for `train` and `test`. */
export function runDataRef({ config }: Pick<KnownData, 'config'>, ref: string): string {
  return isPart(ref) ? config.data.ref : ref;
}

/**
 * Opens the data of a model or a part of them, or another set of samples of the same shape, read as the model reads its own. The
 * test part of a toy is drawn with another seed. Images are not mirrored.
 * @param ref - `train` or `test`, the parts of the model's own data; or the name or the path of other data
 * @throws ConfigError if the data of the model have no test part, there are no such data, or the samples have another shape.
 * @throws FileError if files of the data are missing or damaged.
 */
export async function openRunData(model: KnownData, ref: string, options: RunDataOptions = {}): Promise<DataSet> {
  const { layout, ...watched } = options;
  const { config, data } = model;
  checkOptions([layout === undefined || !isPart(ref), 'layout', `is of other data, ${ref} is of the run`]);
  const set = isPart(ref)
    ? await openDataSet(config.data.ref, { ...(await partOptions(config.data, ref)), ...watched })
    : await openOther(model, ref, { ...watched, ...(layout && { layout }) });
  const read = inUnitsOf(data.scaler, set);
  const found = sampleShape(read);
  if (found.join() !== data.shape.join())
    throw new ConfigError([
      {
        path: 'data',
        message: `expected samples [${data.shape.join(', ')}] as the run has, got [${found.join(', ')}]`,
      },
    ]);
  // Mirror images are for training; here every sample is itself.
  return kindOf(read).pictures?.withFlips(read, false) ?? read;
}

type Part = 'train' | 'test';

function isPart(ref: string): ref is Part {
  return ref === 'train' || ref === 'test';
}

/** Other data; where there are none of the name, the error lists the parts of the model's own data too. */
async function openOther(model: KnownData, ref: string, options: OpenOptions): Promise<DataSet> {
  try {
    return await openDataSet(ref, { ...(await readingOf(model, ref)), ...options });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      error.issues.map(({ path, message }) =>
        path === 'data'
          ? { path, message: message.replace(/^expected /, 'expected test, train, ') }
          : { path, message },
      ),
    );
  }
}

async function partOptions({ ref, ...options }: KnownData['config']['data'], part: Part): Promise<OpenOptions> {
  if (part === 'train') return options;
  const takes = await optionsOfData(ref);
  if (takes.includes('split')) return { ...options, split: 'test' };
  if (takes.includes('seed')) return { ...options, seed: (options.seed ?? 0) + 1 };
  throw new ConfigError([
    { path: 'data', message: `${ref} has no test part; give --data train for what the run has seen, or other data` },
  ]);
}
