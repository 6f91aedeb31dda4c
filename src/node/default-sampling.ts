/** @file Changing how a run or a packed model is sampled by default. */
import { resolve, sep } from 'node:path';
import { UnsupportedError } from '../base/errors.ts';
import { buildSampler } from '../catalog/samplers/build-sampler.ts';
import { encodeSafetensors } from '../io/safetensors.ts';
import { writeAtomic } from '../io/atomic.ts';
import { openRun } from '../run/folder/run-folder.ts';
import { writeSampling } from '../run/folder/sampling.ts';
import { locate, modelBox, readModelFile } from '../run/model-box.ts';
import { fromModelFile, toModelFile, type ModelSampling } from '../run/model-file.ts';

/**
 * Checks that a run or a model may be changed.
 * @param ref - folder of a run, or folder of a packed model
 * @throws FileError if there is none.
 * @throws UnsupportedError if it is a model that the package ships.
 */
export function requireOwn(ref: string): void {
  const { folder } = locate(ref);
  const shipped = process.env['SCOREFIELD_MODELS'] === undefined ? resolve(modelBox()) : undefined;
  if (folder !== undefined && shipped !== undefined && resolve(folder).startsWith(`${shipped}${sep}`))
    throw new UnsupportedError(
      `${ref} is a model that the package ships, which is not written to; make a copy with \`scorefield pack ${ref} --out models/mine\``,
    );
}

/**
 * Makes a sampler with its evaluations and its time grid the one with which a run or a packed model is sampled by default. One file is
 * replaced whole: `sampling.json` of the run, or the file of the model.
 * @param ref - folder of a run, or folder of a packed model
 * @returns the file
 * @throws ConfigError if there is no such sampler or grid.
 * @throws FileError if there is no run and no model, or the file cannot be written.
 * @throws UnsupportedError if it is a model that the package ships.
 */
export function setDefaultSampling(ref: string, sampling: ModelSampling): string {
  const { sampler, nfe, grid } = sampling;
  buildSampler(sampler, { nfe, grid });
  requireOwn(ref);
  const { model: file } = locate(ref);
  if (file === undefined) return writeSampling(openRun(ref), sampling);
  const { record, ema, fixed } = fromModelFile(readModelFile(file), file);
  writeAtomic(file, encodeSafetensors(toModelFile({ ...record, sampling }, { trained: ema, fixed })));
  return file;
}
