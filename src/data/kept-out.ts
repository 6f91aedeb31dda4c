/** @file The samples of a file or folder that are kept out of a training. */
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';

/** Of so many samples one is kept out of the training. */
export const keptOut = 10;

/** The samples of `count` that are kept out, drawn with a fixed seed, since samples that are apart by ten may have something in common. */
export function testRows(count: number): ReadonlySet<number> {
  return new Set(permutation(foldIn(key(0), 'kept out'), count).slice(0, Math.floor(count / keptOut)));
}
