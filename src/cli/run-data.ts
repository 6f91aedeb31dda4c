/** @file The data of a run for commands that have not yet the form of `shell/command.ts`: errors name the flags. */
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import type { Tensor } from '../base/tensor.ts';
import type { DataSet } from '../data/dataset.ts';
import type { Layout } from '../data/layout.ts';
import { modelInputs } from '../model/likelihood-estimates.ts';
import { loadRun, type LoadedRun } from '../run/load.ts';
import { openRunDataShown } from './shell/opening.ts';

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

/** `openRunDataShown`, whose errors name the flags `--data` and `--layout`. */
export async function openRunData(
  run: LoadedRun,
  ref: string,
  options: { readonly layout?: Layout | undefined } = {},
): Promise<DataSet> {
  try {
    return await openRunDataShown(run, ref, options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      error.issues.map(({ path, message }) => ({
        path: path === 'data' || path === 'layout' ? `--${path}` : path,
        message,
      })),
    );
  }
}

/** Samples of a set in the model's range, images with uniform noise; sample i depends on its row and the key alone. */
export function samplesOf(run: Pick<LoadedRun, 'data'>, set: DataSet, rows: readonly number[], key: Key): Tensor {
  return modelInputs(run, set, rows, key);
}
