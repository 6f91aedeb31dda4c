/** @file What every record of the catalog has, and how one is found by its name. */
import { ConfigError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';

/** A thing with the name that users type; the objects that it builds have this name as their `kind`. */
export interface Named<Name extends string = string> {
  readonly name: Name;
  /** What it is, in one line without a period. */
  readonly description: string;
  /** Where it was published, with the equation or section. */
  readonly citation?: string;
}

/** The names of a list, in its order. */
export function namesOf<const L extends readonly Named[]>(list: L): readonly L[number]['name'][] {
  return list.map(({ name }) => name);
}

/**
 * The thing of this name.
 * @param path - of the option or key that contains the name, for the message
 * @throws ConfigError if there is none, with all names and the nearest one.
 */
export function find<T extends Named>(list: readonly T[], name: string, path: string): T {
  const found = list.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new ConfigError([{ path, message: unknownName(name, namesOf(list)) }]);
}

/** What is said of a name that is none: those that there are, and the nearest of them. */
export function unknownName(name: string, known: readonly string[]): string {
  return `expected ${known.join(', ')}, got ${name === '' ? 'none' : name}${didYouMean(name, known)}`;
}
