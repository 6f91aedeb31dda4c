/** @file What a data set is, whichever file it came from. */

/** Images as bytes, held once; floats are made batch by batch. */
export interface ImageSet {
  readonly kind: 'images';
  readonly name: string;
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `[count, channels, height, width]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** Class of each image, where the set has classes. */
  readonly labels?: Uint8Array;
  /** Names of classes 0, 1, 2, ..., where they have names. */
  readonly classNames?: readonly string[];
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
export interface PointSet {
  readonly kind: 'points';
  readonly name: string;
  readonly count: number;
  readonly dimension: number;
  /** `[count, dimension]`. */
  readonly values: Float64Array;
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
  if (set.kind === 'points') return { ...set, count, values: set.values.subarray(0, count * set.dimension) };
  const { labels } = set;
  const pixels = set.pixels.subarray(0, count * set.channels * set.height * set.width);
  return { ...set, count, pixels, ...(labels && { labels: labels.subarray(0, count) }) };
}
