/** @file The models that the package ships: folders of `models/`, each with a file of parameters and what was measured. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileError } from '../base/errors.ts';
import { advise, attempt } from '../base/system-problem.ts';
import { readBytes } from '../io/atomic.ts';
import { isRun } from './folder/run-folder.ts';
import { decodeParameters, type Safetensors } from '../io/safetensors.ts';

/** The name of the file that makes a folder a model. */
export const modelFileName = 'model.safetensors';
/** What was measured of a model, beside its file. */
export const cardFileName = 'card.json';

/** The folder of the models that have a name: the environment's SCOREFIELD_MODELS, else that of this package. */
export function modelBox(): string {
  // The same distance from src/io and from dist/io.
  return process.env['SCOREFIELD_MODELS'] ?? fileURLToPath(new URL('../../models', import.meta.url));
}

/** Names of the models that the package ships, sorted. */
export function modelNames(): readonly string[] {
  const box = modelBox();
  if (!existsSync(box)) return [];
  const names = attempt(box, 'cannot be read', () => readdirSync(box));
  return names.filter((name) => existsSync(join(box, name, modelFileName))).toSorted();
}

/** Where a name or a path leads. */
export type Found =
  { readonly model: string; readonly folder: string } | { readonly model: undefined; readonly folder?: undefined };

/**
 * The run or the model that is meant: the folder of a run, the folder of a model, or the name of a model that the package ships, in this
 * order.
 * @returns the file of a model and its folder, or no file for a folder that may be a run
 * @throws FileError if there is nothing at that path and no model of that name.
 */
export function locate(ref: string): Found {
  if (isRun(ref)) return { model: undefined };
  const named = basename(ref) === ref && modelNames().includes(ref) ? [join(modelBox(), ref)] : [];
  const folder = [ref, ...named].find((candidate) => isFile(join(candidate, modelFileName)));
  if (folder !== undefined) return { model: join(folder, modelFileName), folder };
  if (existsSync(ref)) return { model: undefined };
  const names = modelNames().join(', ') || 'none';
  throw new FileError(ref, `there is no folder of a run and no model of this name; models: ${names}`);
}

function isFile(path: string): boolean {
  // A path through a file, which statSync throws at, is one that does not exist.
  return existsSync(path) && statSync(path).isFile();
}

/** The name of the model in a folder: that of the folder. */
export function modelNameOf(folder: string): string {
  return basename(resolve(folder));
}

/**
 * Reads the file of a model.
 * @throws FileError if it is not a sound safetensors file, or a parameter is not finite.
 */
export function readModelFile(file: string): Safetensors {
  return advise(
    file,
    () => 'restore it from a copy, or pack its run anew',
    () => decodeParameters(readBytes(file), file),
  );
}

/**
 * What was measured of the model in a folder; undefined where nothing was.
 * @throws FileError if it is not JSON.
 */
export function readCard(folder: string): unknown {
  const card = join(folder, cardFileName);
  if (!existsSync(card)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(readBytes(card))) as unknown;
  } catch (cause) {
    throw new FileError(card, 'expected JSON; the file is damaged, restore it from a copy', { cause });
  }
}
