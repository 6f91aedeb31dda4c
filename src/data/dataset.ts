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
  /** Whether a mirror image is as likely as the image. */
  readonly flips: boolean;
}

/** Points or vectors in their own units. */
export interface PointSet {
  readonly kind: 'points';
  readonly name: string;
  readonly count: number;
  readonly dimension: number;
  /** `[count, dimension]`. */
  readonly values: Float64Array;
}

/** A finite set of images or points. */
export type DataSet = ImageSet | PointSet;

/** Shape of one sample as a network sees it: `[channels, height, width]` or `[dimension]`. */
export function sampleShape(set: DataSet): readonly number[] {
  return set.kind === 'images' ? [set.channels, set.height, set.width] : [set.dimension];
}
