/** @file What every data set can be asked, whichever kind it is of and whichever file it came from. */
import { InternalError } from '../base/errors.ts';
import { setKinds } from './kinds/index.ts';
import type { DataSet, Labeled, SetKind } from './kinds/set-kind.ts';
import type { Scaler, ScalerOptions } from './scaler.ts';

export type { DataSet, ImageSet, Labeled, Mixture, OwnSet, PointSet, SetKind } from './kinds/set-kind.ts';

/** The kind of a set: the one that it carries, or the one that it names. */
export function kindOf(set: DataSet): SetKind {
  if (set.kind === undefined) return set.operations;
  const found = setKinds.find(({ name }) => name === set.kind);
  if (found === undefined)
    throw new InternalError(
      `expected a set of ${setKinds.map(({ name }) => name).join(' or ')}, or one with operations, got ${set.kind}`,
    );
  return found;
}

/** Whether a value is a set, and not an array of numbers. */
export function isDataSet(value: object): value is DataSet {
  return 'kind' in value || 'operations' in value;
}

/** Shape of one sample as a network sees it: `[channels, height, width]` or `[dimension]`. */
export function sampleShape(set: DataSet): readonly number[] {
  return kindOf(set).sampleShape(set);
}

/**
 * The first samples of a set, without copying them.
 * @param count - how many; a set with fewer is returned whole
 */
export function firstOf<T extends DataSet>(set: T, count: number): T;
export function firstOf(set: DataSet, count: number): DataSet {
  if (count >= set.count) return set;
  const { labels: all, texts: said, noise, given } = set;
  const about = {
    ...(all && { labels: all.subarray(0, count) }),
    ...(said && { texts: said.slice(0, count) }),
    ...(noise && { noise: noise.subarray(0, (noise.length / set.count) * count) }),
    ...(given && { given: given.subarray(0, count) }),
  };
  return { ...kindOf(set).firstOf(set, count), ...about };
}

/**
 * The scaler of a set: points are standardized, images take the range that the model asks for.
 * @example
 * ```ts
 * import { key, scaled, scalerOf, tensor, toys, unscaled } from 'scorefield';
 *
 * const scaler = scalerOf(toys['two-moons'].draw(key(0), 500));
 * const x = scaled(scaler, tensor([1, 0.5], [1, 2])); // in the range of the model
 * console.log(unscaled(scaler, x).data);
 * ```
 */
export function scalerOf(set: DataSet, options: ScalerOptions = {}): Scaler {
  return kindOf(set).scalerOf(set, options);
}

/**
 * A set in the units that a scaler reads: images of floats of 0 to 1 as bytes, as runs of older versions read them, or bytes as floats
 * of 0 to 1; other sets as they are.
 * @throws ConfigError if images of floats do not lie in 0 to 1, or those of the scaler do not.
 */
export function inUnitsOf(scaler: Pick<Scaler, 'kind' | 'range'>, set: DataSet): DataSet {
  return kindOf(set).inUnitsOf?.(scaler, set) ?? set;
}

/**
 * Two sets in the same units: images of bytes where one of them is, else in the range of the second; others as they are.
 * @throws ConfigError as `inUnitsOf`.
 */
export function inSameUnits(set: DataSet, reference: DataSet): readonly [DataSet, DataSet] {
  const kind = kindOf(set);
  const same = kind === kindOf(reference);
  return (same ? kind.inSameUnits?.(set, reference) : undefined) ?? [set, reference];
}

/** Names of all classes of a set, their numbers where they have no names; none if its samples have no classes. */
export function classesOf({ labels, classNames = [] }: Labeled): readonly string[] {
  if (labels === undefined) return [];
  const count = Math.max(classNames.length, labels.reduce((most, label) => Math.max(most, label), -1) + 1);
  return Array.from({ length: count }, (_, label) => classNames[label] ?? String(label));
}

/** That a set has no classes, with what was said of it when it was read. */
export function missingClasses({ name, notes = [] }: DataSet): string {
  return [`none in ${name}`, ...notes].join('; ');
}

/**
 * Labels without gaps, for files that number their classes from 1 or leave numbers out: a class that no sample has could not be learned,
 * but drawn. The numbers of the file become the names of the classes.
 * @returns the labels alone, unchanged, where every number from 0 to the greatest is there
 */
export function withoutGaps(labels: Uint8Array): Pick<Labeled, 'classNames'> & { readonly labels: Uint8Array } {
  const numbers = [...new Set(labels)].sort((a, b) => a - b);
  if (numbers.every((number, i) => number === i)) return { labels };
  const place = new Map(numbers.map((number, i) => [number, i]));
  return { labels: labels.map((label) => place.get(label) ?? 0), classNames: numbers.map(String) };
}
