/** @file What a data set is, whichever file it came from. */
import type { Texts } from './texts/words.ts';

/** The classes and the texts of samples, where they have any, and what is to be said of them. */
export interface Labeled {
  /** Class of each sample. */
  readonly labels?: Uint8Array;
  /** Names of classes 0, 1, 2, ..., where they have names. */
  readonly classNames?: readonly string[];
  /** Texts of each sample: one or several that say what it is; none of a sample of which nothing is said. */
  readonly texts?: Texts;
  /** What was left out when the set was read, and why: a sentence each. */
  readonly notes?: readonly string[];
}

/** Pixels that are floats. */
export interface FloatImages {
  /** `[count, channels, height, width]`, in the units of the data. */
  readonly values: Float32Array | Float64Array;
  /** Black and white: 0 to 1, or the least and the greatest value. */
  readonly range: readonly [low: number, high: number];
}

/** Images as bytes; floats are made batch by batch. */
export interface ImageSet extends Labeled {
  readonly kind: 'images';
  readonly name: string;
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `[count, channels, height, width]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** Of images of floats; then `pixels` are the nearest of 256 levels of their range, to look at. */
  readonly floats?: FloatImages;
  /** Whether a mirror image is as likely as the image. */
  readonly flips: boolean;
}

/** Mixture of isotropic Gaussians: density sum_k weights[k] N(x; means[k], stds[k]^2 I). */
export interface Mixture {
  /** Positive, of sum 1. */
  readonly weights: readonly number[];
  readonly means: readonly (readonly number[])[];
  readonly stds: readonly number[];
}

/** Points or vectors in their own units. */
export interface PointSet extends Labeled {
  readonly kind: 'points';
  readonly name: string;
  readonly count: number;
  readonly dimension: number;
  /** `[count, dimension]`. */
  readonly values: Float64Array;
  /** Whether the columns are coordinates of one space, which one scale suits; else each is a quantity of its own. */
  readonly oneSpace?: boolean;
  /** The distribution that the points were drawn from, where it is known in closed form. */
  readonly mixture?: Mixture;
}

/** A finite set of images or points. */
export type DataSet = ImageSet | PointSet;

/** Shape of one sample as a network sees it: `[channels, height, width]` or `[dimension]`. */
export function sampleShape(set: DataSet): readonly number[] {
  return set.kind === 'images' ? [set.channels, set.height, set.width] : [set.dimension];
}

/**
 * The first samples of a set, without copying them.
 * @param count - how many; a set with fewer is returned whole
 */
export function firstOf<T extends DataSet>(set: T, count: number): T;
export function firstOf(set: DataSet, count: number): DataSet {
  if (count >= set.count) return set;
  const { labels: all, texts: said } = set;
  const about = { ...(all && { labels: all.subarray(0, count) }), ...(said && { texts: said.slice(0, count) }) };
  if (set.kind === 'points') return { ...set, count, values: set.values.subarray(0, count * set.dimension), ...about };
  const length = count * set.channels * set.height * set.width;
  const floats = set.floats && { floats: { ...set.floats, values: set.floats.values.subarray(0, length) } };
  return { ...set, count, pixels: set.pixels.subarray(0, length), ...floats, ...about };
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
