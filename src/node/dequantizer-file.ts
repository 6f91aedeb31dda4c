/** @file The dequantizer of a run, in its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { advise } from '../base/system-problem.ts';
import { shellCommand } from '../base/words.ts';
import { readBytes, writeAtomic } from '../io/atomic.ts';
import { decodeParameters, encodeSafetensors, type Safetensors } from '../io/safetensors.ts';
import type { DequantizerMoment } from '../model/dequantizer-training.ts';
import type { Model } from '../model/model.ts';
import {
  fromDequantizerFile,
  resumedDequantizer,
  toDequantizerFile,
  type StoredDequantizer,
  type TrainedDequantizer,
} from '../run/dequantizer.ts';

/**
 * The file of the dequantizer of a run.
 * @throws ConfigError if the model is a packed one, which has no folder to write to.
 */
export function dequantizerFile({ info, trained }: Model): string {
  const folder = 'expected the folder of a run, which keeps it; found a model';
  checkOptions([trained.record === undefined, 'model', folder]);
  return join(info.name, 'dequantiser.safetensors');
}

/**
 * The dequantizer of a run.
 * @throws ConfigError if the run has none.
 * @throws FileError if it is damaged, or not of this run.
 */
export function readDequantizer(model: Model): TrainedDequantizer {
  const file = dequantizerFile(model);
  if (!existsSync(file))
    throw new ConfigError([
      {
        path: 'dequantizer',
        message: `this run has no dequantizer; train one with ${shellCommand('scorefield', 'dequantise', model.info.name)}`,
      },
    ]);
  return fromDequantizerFile(read(file), model.trained.data.shape, file);
}

/**
 * The dequantizer of a run with what its training goes on with.
 * @throws ConfigError and FileError as `readDequantizer`.
 */
export function readStoredDequantizer(model: Model): StoredDequantizer {
  const file = dequantizerFile(model);
  checkOptions([existsSync(file), 'resume', 'this run has no dequantizer to go on with; leave --resume away']);
  return resumedDequantizer(read(file), model.trained.data.shape, file);
}

/**
 * Keeps a dequantizer in the folder of its run.
 * @throws FileError if it cannot be written.
 */
export function writeDequantizer(model: Model, { point, ...facts }: DequantizerMoment): void {
  writeAtomic(dequantizerFile(model), encodeSafetensors(toDequantizerFile(point, facts)));
}

function read(file: string): Safetensors {
  return advise(
    file,
    () => 'make it anew with scorefield dequantise',
    () => decodeParameters(readBytes(file), file),
  );
}
