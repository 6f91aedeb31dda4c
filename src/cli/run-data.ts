/** @file The data of a run, or other data of their shape, as samples that its model reads. */
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { zeros, type Tensor } from '../base/tensor.ts';
import { loadRun, type LoadedRun } from '../run/load.ts';
import { loadBatch } from '../data/batch.ts';
import { sampleShape, type DataSet } from '../data/dataset.ts';
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

/**
 * The data of the run or a part of it, or another set of samples of the same shape. The test part of a toy is drawn anew.
 * @throws ConfigError if the data of the run have no test part, or the samples have another shape.
 */
export async function openRunData({ config, data }: LoadedRun, ref: string): Promise<DataSet> {
  const { ref: own, ...options } = config.data;
  const part = ref === 'train' || ref === 'test' ? ref : undefined;
  const { size } = options;
  const set =
    part === undefined
      ? await openOther(ref, data.kind === 'images' ? { size, channels: data.shape[0] === 1 ? 1 : 3 } : {})
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

/** Other data, a folder with the channels of the run; where there are none of the name, the names of the run's own are told too. */
async function openOther(ref: string, { channels, ...options }: OpenOptions): Promise<DataSet> {
  try {
    const takes = await optionsOf(ref);
    return await openShown(ref, takes.includes('channels') ? { ...options, channels } : options);
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
