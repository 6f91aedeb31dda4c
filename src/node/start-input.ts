/** @file Where sampling begins, from the names and files that a command gets. */
import { extname } from 'node:path';
import { checkOptions } from '../base/check.ts';
import { startNamed } from '../catalog/start-named.ts';
import type { Model } from '../model/model.ts';
import type { StartChoice } from '../model/samples/starting.ts';
import { readPicture } from './restoration-input.ts';
import { openRunData } from './run-data.ts';

/** A start as it is asked for. */
export interface StartAsked {
  /** Name of a law of the training data, such as gaussian or mixture:16. */
  readonly start: string | undefined;
  /** A picture, or a file of samples. */
  readonly init: string | undefined;
  /** Noise level sigma / alpha. */
  readonly startLevel: number | undefined;
}

/**
 * The start that is asked for; undefined for none.
 * @throws ConfigError if there is a level without a start, a start without a level, or no law of the name.
 * @throws FileError if the file cannot be read, or its samples are not of the model's shape.
 */
export async function startAsked(
  model: Pick<Model, 'trained'>,
  { start, init, startLevel: level }: StartAsked,
): Promise<StartChoice | undefined> {
  const asked = start ?? init;
  checkOptions(
    [start === undefined || init === undefined, 'init', 'expected either --start or --init, got both'],
    [
      asked === undefined || level !== undefined,
      'start-level',
      'expected the noise level from which to sample, such as 1',
    ],
    [asked !== undefined || level === undefined, 'start-level', 'expected --start or --init beside it'],
  );
  if (level === undefined) return undefined;
  if (start !== undefined) {
    startNamed(start);
    return { level, from: start };
  }
  const file = init ?? '';
  const array = ['.npz', '.npy'].includes(extname(file).toLowerCase());
  return { level, from: array ? await openRunData(model.trained, file) : await readPicture(model, file) };
}
