/** @file Classes by their names: which one is asked for, and which class of one set is which of another. */
import { checkOptions } from '../base/check.ts';
import type { Shape } from '../base/tensor.ts';
import { classesOf, missingClasses, type DataSet, type Labeled } from './dataset.ts';

/** Names that an error lists; a folder may have 256. */
const mostNames = 20;

/**
 * The class that the user means: the one of exactly this name, else the only one of this name in other case, else, where no class
 * has a number for a name, the one of this number.
 * @param names - of classes 0, 1, 2, ...; classes without names have their numbers
 * @returns its number, or undefined if there is none
 */
export function classNamed(names: readonly string[], asked: string): number | undefined {
  const named = byName(names, asked);
  if (named !== undefined || names.some(isNumber) || !isNumber(asked)) return named;
  return Number(asked) < names.length ? Number(asked) : undefined;
}

function byName(names: readonly string[], asked: string): number | undefined {
  const exact = names.indexOf(asked);
  if (exact >= 0) return exact;
  const alike = [...names.keys()].filter((label) => names[label]?.toLowerCase() === asked.toLowerCase());
  return alike.length === 1 ? alike[0] : undefined;
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

/** Names for an error, the first twenty. */
export function listed(names: readonly string[]): string {
  return [...names.slice(0, mostNames), ...(names.length > mostNames ? ['…'] : [])].join(', ');
}

/** How many samples each class has. */
export function classCounts(set: Labeled): readonly number[] {
  const counts = new Array<number>(classesOf(set).length).fill(0);
  for (const label of set.labels ?? []) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Numbers of the classes that no sample has. */
export function emptyClasses(set: Labeled): readonly number[] {
  return [...classCounts(set).entries()].flatMap(([label, count]) => (count === 0 ? [label] : []));
}

/** The classes that labels are to be numbered by, and how an error describes them. */
export interface ClassOrder {
  /** Names of classes 0, 1, 2, ... */
  readonly names: readonly string[];
  /** Whose they are, such as `the run`. */
  readonly whose: string;
  /** The option that an error names. */
  readonly path: string;
}

/**
 * A set whose classes have the numbers of the classes of the same names, in other case where that is clear; classes without names
 * are called by their numbers. Samples stay as they are.
 * @throws ConfigError if the set has no classes, or samples of a class that has none of the names.
 */
export function inClassOrder(
  set: DataSet,
  { names, whose, path }: ClassOrder,
): DataSet & { readonly labels: Uint8Array } {
  const own = classesOf(set);
  checkOptions([own.length > 0, path, `expected samples with classes, found ${missingClasses(set)}`]);
  const { places, lost } = placesIn(names, set);
  checkOptions([
    lost.length === 0,
    path,
    `expected samples of the classes of ${whose}, ${listed(names)}; found ${listed(lost.map((label) => own[label] ?? ''))} in ${set.name}`,
  ]);
  return {
    ...set,
    labels: (set.labels ?? new Uint8Array(0)).map((label) => places.get(label) ?? 0),
    classNames: names,
  };
}

/** Whether every class of the samples of a set is one of these names. */
export function knowsClasses(names: readonly string[], set: Labeled): boolean {
  return set.labels !== undefined && placesIn(names, set).lost.length === 0;
}

/** Where among the names the class of each label is, and labels whose class is not among them. */
function placesIn(
  names: readonly string[],
  set: Labeled,
): { readonly places: ReadonlyMap<number, number | undefined>; readonly lost: readonly number[] } {
  const own = classesOf(set);
  const there = [...new Set(set.labels)].sort((a, b) => a - b);
  const places = new Map(there.map((label) => [label, byName(names, own[label] ?? '')]));
  // Names that differ by case alone are one class only if nothing else is.
  const lost = there.filter((label) => {
    const place = places.get(label);
    const others = there.filter((other) => other !== label && places.get(other) === place);
    return place === undefined || (others.length > 0 && names[place] !== own[label]);
  });
  return { places, lost };
}

/** Names as an array of bytes for files of arrays: UTF-8, a row each, filled up with zeros: `[names, bytes]`. */
export function bytesOfNames(names: readonly string[]): { readonly shape: Shape; readonly data: Uint8Array } {
  const rows = names.map((name) => new TextEncoder().encode(name));
  const length = rows.reduce((most, row) => Math.max(most, row.length), 1);
  const data = new Uint8Array(names.length * length);
  rows.forEach((row, i) => data.set(row, i * length));
  return { shape: [names.length, length], data };
}

/** The names of `bytesOfNames`; undefined if these are no such bytes, or one name is there twice. */
export function namesOfBytes(shape: Shape, data: ArrayLike<number>): readonly string[] | undefined {
  const names = linesOfBytes(shape, data);
  return names !== undefined && new Set(names).size === names.length ? names : undefined;
}

/** The texts of `bytesOfNames`, which may repeat; undefined if these are no such bytes. */
export function linesOfBytes(shape: Shape, data: ArrayLike<number>): readonly string[] | undefined {
  const [count = 0, length = 0] = shape;
  if (shape.length !== 2 || !(data instanceof Uint8Array)) return undefined;
  return Array.from({ length: count }, (_, i) =>
    new TextDecoder().decode(data.subarray(i * length, (i + 1) * length)).replace(/\0+$/, ''),
  );
}
