/** @file Any data set by its name or path. */
import { checkOptions, positiveInteger, type Rule } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { openerOfPath } from './by-path.ts';
import { firstOf, kindOf, type DataSet } from './dataset.ts';
import { layouts } from './arrays/layout.ts';
import { combinationKinds } from './sets/emoji-sheet.ts';
import type { Opener, OpenOptions } from './opener.ts';
import type { Split } from './sets/standard-set.ts';

/** How each set with a name is opened. */
export type Openers = Readonly<Record<string, Opener>>;

/**
 * Opens one of some data sets by its name, or what is at a path.
 * @throws ConfigError if there is no such set, or an option is wrong or not one of the set's; FileError if a file cannot
 * be used.
 */
export async function openAmong(sets: Openers, ref: string, options: OpenOptions): Promise<DataSet> {
  const opener = await openerOf(sets, ref);
  checkOptions(...optionRules(ref, opener, options));
  const { size, limit = Infinity, flips } = options;
  const set = firstOf(await opener.open(options), limit);
  const { name, pictures } = kindOf(set);
  if (pictures === undefined) {
    const no = `is of images only, and these are ${name}`;
    checkOptions([size === undefined, 'size', no], [flips === undefined, 'flips', no]);
    return set;
  }
  if (size !== undefined) checkOptions(notEnlarged(ref, size, pictures.side(set)));
  const sized = size === undefined ? set : pictures.shrink(set, size);
  return flips === undefined ? sized : pictures.withFlips(sized, flips);
}

/**
 * Options that a set understands.
 * @throws ConfigError if there is no set of this name or path.
 */
export async function optionsAmong(sets: Openers, ref: string): Promise<readonly (keyof OpenOptions)[]> {
  return (await openerOf(sets, ref)).takes;
}

/**
 * The part of a set that a training takes unless its user says; undefined for all.
 * @throws ConfigError if there is no set of this name or path.
 */
export async function trainedAmong(sets: Openers, ref: string): Promise<Split | undefined> {
  return (await openerOf(sets, ref)).trained;
}

async function openerOf(sets: Openers, ref: string): Promise<Opener> {
  const opener = (Object.hasOwn(sets, ref) ? sets[ref] : undefined) ?? (await openerOfPath(ref));
  if (opener === undefined) throw unknown(ref, Object.keys(sets));
  return opener;
}

function optionRules(ref: string, { takes, side = Infinity }: Opener, options: OpenOptions): Rule[] {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const known: readonly string[] = [...takes, 'onProgress', 'signal'];
  const counts = (['size', 'limit', 'count'] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [positiveInteger(name, value)];
  });
  const { size = 1, seed = 0, split, channels, layout, combinations } = options;
  return [
    ...given.map(([name]): Rule => [known.includes(name), name, `${ref} has no such option, only ${takes.join(', ')}`]),
    ...counts,
    notEnlarged(ref, size, side),
    [Number.isSafeInteger(seed) && seed >= 0, 'seed', `expected an integer of 0 or more, found ${seed}`],
    [split === undefined || ['train', 'test'].includes(split), 'split', `expected train or test, found ${split}`],
    [
      combinations === undefined || combinationKinds.includes(combinations),
      'combinations',
      `expected ${combinationKinds.join(' or ')}, found ${combinations}`,
    ],
    [layout === undefined || layouts.includes(layout), 'layout', `expected ${layouts.join(', ')}, found ${layout}`],
    [channels === undefined || [1, 3].includes(channels), 'channels', `expected 1 or 3, found ${channels}`],
  ];
}

function notEnlarged(ref: string, size: number, side: number): Rule {
  return [size <= side, 'size', `expected at most ${side}, the size of the images of ${ref}, found ${size}`];
}

function unknown(ref: string, known: readonly string[]): ConfigError {
  const names = known.join(', ');
  const message = /[\\/.]/.test(ref)
    ? `there is no file or folder ${ref}; expected the path of data, or one of ${names}`
    : `expected one of ${names}, or the path of a file or folder, found ${JSON.stringify(ref)}`;
  return new ConfigError([{ path: 'data', message }]);
}
