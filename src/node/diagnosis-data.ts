/** @file The data by which a model is diagnosed. */
import { ConfigError } from '../base/errors.ts';
import type { DataSet } from '../data/dataset.ts';
import { optionsOfData } from '../run/data-sets.ts';
import { openRunData, type KnownData, type RunDataOptions } from './run-data.ts';

/** Options of `openDiagnosisData`. */
export interface DiagnosisDataOptions extends RunDataOptions {
  /** Held-out samples: `test`, or the name or the path of other data. Default the test part of the model's own data, if they have one. */
  readonly data?: string | undefined;
  /** Opens the data; `openRunData` by default. */
  readonly open?: ((model: KnownData, ref: string, options: RunDataOptions) => Promise<DataSet>) | undefined;
}

/**
 * The data of `model.diagnose`: those that a model was trained on, and others of the same law where there are any; a toy is drawn again with
 * another seed.
 * @throws ConfigError if there are no such data, or they have another shape; FileError if files of them are missing.
 */
export async function openDiagnosisData(
  model: KnownData,
  { data, layout, open = openRunData }: DiagnosisDataOptions = {},
): Promise<{ readonly training: DataSet; readonly heldOut: DataSet | undefined }> {
  if (data === 'train')
    throw new ConfigError([{ path: 'data', message: 'expected data that the model was not trained on, got train' }]);
  const training = await open(model, 'train', {});
  const takes: readonly string[] = await optionsOfData(model.config.data.ref);
  const hasTest = takes.includes('split') || takes.includes('seed');
  const heldOut = data ?? (hasTest ? 'test' : undefined);
  return { training, heldOut: heldOut === undefined ? undefined : await open(model, heldOut, { layout }) };
}
