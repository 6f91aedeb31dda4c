/** @file A model as the bytes of a file, and back, without a file system. */
import { UnsupportedError } from '../base/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { encodeSafetensors } from '../io/safetensors.ts';
import { modelFromBytes } from '../run/from-bytes.ts';
import { toModelFile } from '../run/model-file.ts';
import { trainedOf, type TrainedModel } from './trained.ts';

/**
 * The file of a model: its averaged parameters in half precision, and all that is known of it. Equal models give equal bytes.
 * @throws UnsupportedError if the model's process is an SDE of the user's own, which a file cannot describe.
 */
export function modelBytes({ config, data, step, params, record, sampling, ownProcess }: TrainedModel): Uint8Array {
  if (ownProcess === true)
    throw new UnsupportedError('a model of an SDE of your own cannot be written: a file names its process');
  const { sampler, nfe, grid } = sampling;
  const own = nfe === undefined ? {} : { sampling: { sampler, nfe, ...(grid && { grid }) } };
  const training = { step, seconds: 0, command: '', env: {} };
  return encodeSafetensors(toModelFile(record ?? { config, data, training, rounding: [], ...own }, params));
}

/**
 * The model that the bytes of a file contain.
 * @param name - what messages call it
 * @param catalog - that has what the file names; that of scorefield by default
 * @throws FileError if the bytes are not those of a model, or damaged.
 */
export function trainedFromBytes(bytes: Uint8Array, name: string, catalog?: Catalog): TrainedModel {
  return trainedOf(modelFromBytes(bytes, name, catalog), name, catalog);
}
