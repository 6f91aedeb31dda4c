/** @file The part of a long sequence that is learned from, and the tenth at its end that is kept out to measure with. */
import { ConfigError } from '../../base/errors.ts';
import type { Split } from '../sets/standard-set.ts';

/** Which part of a sequence is taken. */
export interface PartOptions {
  /** The first nine tenths (default), or the last tenth. */
  readonly split?: Split | undefined;
  /** Whether all of it is taken instead. Default false. */
  readonly whole?: boolean | undefined;
}

/** The part of the whole that is kept out. */
const keptOut = 0.1;

/**
 * Where a part of `count` things begins and ends.
 * @param least - things that each part must have
 * @throws ConfigError if there are too few.
 */
export function partOf(
  count: number,
  least: number,
  { split = 'train', whole = false, name, unit }: PartOptions & { readonly name: string; readonly unit: string },
): { readonly begin: number; readonly end: number } {
  const needed = whole ? least : Math.ceil(least / keptOut);
  if (count < needed)
    throw new ConfigError([
      {
        path: 'data',
        message: `expected at least ${needed} ${unit} for samples of ${least}${whole ? '' : ' and a tenth that is kept out'}, found ${count} in ${name}; give more, or shorter samples with --set data.length`,
      },
    ]);
  const cut = count - Math.max(least, Math.floor(count * keptOut));
  if (whole) return { begin: 0, end: count };
  return split === 'train' ? { begin: 0, end: cut } : { begin: cut, end: count };
}
