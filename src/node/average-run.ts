/** @file The average of the parameters that a run is sampled with, chosen after its training. */
import { checkOptions } from '../base/check.ts';
import { averageOf, type ComputedAverage } from '../run/average.ts';
import { writeAverage } from '../run/folder/averages.ts';
import { lockRun } from '../run/folder/run-folder.ts';
import { loadAnyRun } from '../run/load.ts';

/** Which average. */
export interface AverageOptions {
  /** Standard deviation of its power-law profile, as a part of the steps of the training: above 0 and below 0.2887. */
  readonly ema: number;
}

/**
 * Computes the average of the parameters with a power-law profile, from those that a run has stored (`train.averages` of its configuration),
 * and writes it into the run, which is sampled with it until a later checkpoint is there.
 * @param ref - folder of a run
 * @throws ConfigError if the run has stored none, or there is no profile of this width.
 * @throws FileError if files of the run are damaged, or it is being trained.
 * @example
 * ```ts
 * import { averageRun, openModel } from 'scorefield/node';
 *
 * for (const ema of [0.05, 0.1, 0.15]) {
 *   const model = await openModel('runs/clothes', { ema });
 *   console.log(ema, (await model.sample({ count: 4 })).samples.count);
 * }
 * averageRun('runs/clothes', { ema: 0.1 });
 * ```
 */
export function averageRun(ref: string, { ema }: AverageOptions): Omit<ComputedAverage, 'params'> {
  const loaded = loadAnyRun(ref);
  checkOptions([loaded.model === undefined, 'model', `expected a run, ${ref} is a packed model`]);
  const lock = lockRun(loaded.run);
  try {
    const { params, ...found } = averageOf(loaded, ema);
    writeAverage(loaded.run, { width: ema, step: found.step, params });
    return found;
  } finally {
    lock.release();
  }
}
