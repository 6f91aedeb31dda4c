/** @file How a run is sampled by default where a search has said so: `sampling.json` in its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { FileError } from '../../base/errors.ts';
import { readTextFile } from '../../base/regular-file.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { samplingSchema, type ModelSampling } from '../model-file.ts';
import type { Run } from './run-folder.ts';

const name = 'sampling.json';
/** Larger files are no record of a few numbers. */
const maxBytes = 2 ** 20;

/**
 * How a run is sampled; undefined where nothing says so.
 * @throws FileError if the file is not sound.
 */
export function readSampling({ folder }: Pick<Run, 'folder'>): ModelSampling | undefined {
  const file = join(folder, name);
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readTextFile(file, { maxBytes })) as unknown;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  const result = v.safeParse(samplingSchema, value);
  if (result.success) return result.output;
  throw new FileError(file, 'expected a sampler, its evaluations and a time grid; delete the file, or search anew');
}

/**
 * Writes how a run is sampled.
 * @returns the file
 * @throws FileError if it cannot be written; an old one is then as it was.
 */
export function writeSampling({ folder }: Pick<Run, 'folder'>, sampling: ModelSampling): string {
  const file = join(folder, name);
  writeAtomic(file, `${JSON.stringify(sampling, null, 2)}\n`);
  return file;
}
