/** @file What a data set is, and what can be done with the sets of a kind, whichever file they came from. */
import type { Key } from '../../base/key.ts';
import type { Shape, Tensor } from '../../base/tensor.ts';
import type { Codec, Scaler, ScalerOptions } from '../scaler.ts';
import type { Texts } from '../texts/words.ts';

/** The classes and the texts of samples, where they have any, and what is to be said of them. */
export interface Labeled {
  /** Class of each sample. */
  readonly labels?: Uint8Array;
  /** Names of classes 0, 1, 2, ..., where they have names. */
  readonly classNames?: readonly string[];
  /** Texts of each sample: one or several that say what it is; none of a sample of which nothing is said. */
  readonly texts?: Texts;
  /** The standard normal noise `[count, …]` that each sample belongs to, in the order of `sampleShape`: of pairs that a flow was followed for. */
  readonly noise?: Float32Array;
  /**
   * Of pairs that a flow was followed for given a class or a text of each: 1 where it was given, 0 where it was hidden. A network that learns them is given
   * the same.
   */
  readonly given?: Uint8Array;
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

/** A set that carries its kind in place of naming it: what sets of a kind of a program's own are. */
export interface OwnSet extends Labeled {
  readonly kind?: undefined;
  readonly name: string;
  readonly count: number;
  /** Its kind: what can be done with it. */
  readonly operations: SetKind;
}

/** A finite set of images or points, or of a kind of a program's own. */
export type DataSet = ImageSet | PointSet | OwnSet;

/** Arrays of numbers that sets keep. */
export type Numbers = Uint8Array | Float32Array | Float64Array;

/** Numbers in the layout of files, row-major. */
export interface SampleArray {
  readonly shape: Shape;
  readonly data: Numbers;
}

/** What the samples of a model are in numbers. */
export interface Units {
  /** Of one sample. */
  readonly shape: Shape;
  readonly scaler: Scaler;
}

/** What a set has besides its name, count, shape and classes. */
export interface SetFacts {
  /** Least and greatest value. */
  readonly range: readonly [number, number];
  /** Mean of each channel or column of numbers. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel or column of numbers. */
  readonly std: readonly number[];
  /** What each column of a table is, by its name. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Whether batches contain mirror images, for images. */
  readonly flips?: boolean;
  /** What the tokens of sequences are, for those. */
  readonly alphabet?: string;
}

/** What only samples that are pictures `[channels, height, width]` have. */
export interface PictureOperations<S extends DataSet = DataSet> {
  /** The shorter side, in pixels. */
  side(set: S): number;
  /** Images cut to their central square and averaged down to a side of `size` pixels. */
  shrink(set: S, size: number): S;
  /** The same samples, of which batches contain mirror images or not. */
  withFlips(set: S, flips: boolean): S;
  /** The mirror images of all samples of a set whose batches contain them; undefined of another. */
  mirrored(set: S): S | undefined;
  /** The numbers of a sample in [0, 1], from black to white. */
  unitValues(set: S, row: number): Float64Array;
  /** The bytes of a set of bytes `[count, channels, height, width]`; undefined of floats. */
  bytes(set: S): Uint8Array | undefined;
}

/** Which samples of a set are wanted, in which range. */
export interface LoadRequest {
  readonly scaler: Scaler;
  readonly rows: readonly number[];
  /** Sample i draws from `foldIn(key, i)`. */
  readonly key: Key;
}

/** Samples of which a part is known. */
export interface KnownSamples {
  /** In the model's range, `[rows, ...sampleShape]`; what stands where nothing is known says nothing. */
  readonly x: Float32Array;
  /** 1 for each number that is known, else 0. */
  readonly known: Uint8Array;
}

/** What only samples have of which parts may be missing. */
export interface GapOperations<S extends DataSet = DataSet> {
  /** Whether some part of a row is missing. */
  isIncomplete(set: S, row: number): boolean;
  /** Samples and what is known of them: of a value that is missing, that it is to be there. */
  known(set: S, request: LoadRequest, shape: Shape): KnownSamples;
  /**
   * 1 of each number of samples that is there, `[rows, ...sampleShape]`, else 0; only kinds of which a missing value is no number of its own have it. A loss counts
   * those that are there.
   */
  observed?(set: S, rows: readonly number[]): Uint8Array;
  /**
   * The values of a set, and in place of those that are missing the values of samples.
   * @param rows - the row of the set that each of the samples belongs to
   */
  filled(set: S, rows: readonly number[], samples: S): S;
}

/** What only samples have of which a network can be given something that is computed from them. */
export interface PortraitOperations<S extends DataSet = DataSet> {
  /**
   * What the network is given of some samples, each a row `[K]` whose squares sum to about 1.
   * @param scaler - of the model
   * @throws ShapeError if what is computed of the samples is of another form than for those of the scaler.
   */
  rows(set: S, rows: readonly number[], scaler: Scaler): readonly Float32Array[];
  /** The units of a model for samples as long as those of a set. */
  unitsFor(set: S, units: Units): Units;
}

/** What can be done with the sets of a kind of data. */
export interface SetKind<S extends DataSet = DataSet> {
  readonly name: string;
  /** Whether samples of this kind can have a shape. */
  shapeOk(shape: Shape): boolean;
  /** Shape of one sample as a network sees it. */
  sampleShape(set: S): Shape;
  /** The first samples of a set, without copying them; labels and texts are cut elsewhere. */
  firstOf(set: S, count: number): S;
  /** Some rows of a set in any order; only kinds whose samples are written as text have it. */
  take?(set: S, rows: readonly number[]): S;
  /** All numbers of a set, sample by sample: what its fingerprint is of. */
  content(set: S): readonly Numbers[];
  /** Bytes of memory besides `content` and labels; none by default. */
  extraBytes?(set: S): number;
  /** Range and moments. */
  describe(set: S): SetFacts;
  /** How a set is scaled. */
  scalerOf(set: S, options: ScalerOptions): Scaler;
  /** From the numbers of samples to the range of the model and back; the affine map of the scaler by default. */
  codec?(scaler: Scaler): Codec;
  /**
   * Rows in the model's range, `[rows, ...sampleShape]`. The rows are in the set.
   * @throws ShapeError if the scaler is made for others.
   */
  load(set: S, request: LoadRequest): Float32Array;
  /** All numbers in units in which distances are those of the model but for a factor; by default they are loaded. */
  inCommonUnits?(set: S, scaler: Scaler): { readonly factor: number; readonly data: Numbers };
  /** A set in the units that a scaler reads; as it is by default. */
  inUnitsOf?(scaler: Pick<Scaler, 'kind' | 'range'>, set: S): S;
  /** Two sets in the same units; as they are by default. */
  inSameUnits?(set: S, reference: S): readonly [S, S];
  /** Features by which samples are compared unless others are asked for: the name of the kind where samples are their own, else `random` convolutions. */
  readonly features: string;
  /** The features of samples that are their own, `[rows, …]`; their numbers by default. */
  ownFeatures?(set: S, rows: readonly number[]): Float64Array;
  /**
   * Which numbers of a sample a network is shown in training that learns to complete what is known, `[sampleShape]`: 1 for those. By default
   * none of a third of the samples, and of the others each number with a probability that is drawn for all.
   */
  shown?(units: Units, key: Key): Uint8Array;
  /** What only samples have of which a network can be given something that is computed from them, as spectrograms are of waves. */
  readonly portraits?: PortraitOperations<S>;
  /** Samples as float64 numbers in the units of a scaler, before it is applied, `[rows, ...sampleShape]`. */
  numbers(set: S, rows: readonly number[], scaler: Scaler): Float64Array;
  /** Samples of a model as an array in the units and the layout of files. */
  toArray(x: Tensor, units: Units): SampleArray;
  /** Samples of a model as a set. */
  toSet(x: Tensor, units: Units, about: Labeled & { readonly name: string }): S;
  /**
   * The set of an array in the units and the layout of files, whose first axis may be left out for one sample.
   * @param name - for messages
   * @throws ShapeError if it has not the shape of the samples, or a number is none of the kind.
   */
  fromArray(array: { readonly shape: Shape; readonly data: ArrayLike<number> }, units: Units, name: string): S;
  /** Some two samples of a shape, for what does not depend on values. */
  standIn(shape: Shape): S;
  /** Of pairs whose starts are drawn anew in each batch: the start of each sample x0 as it was loaded, `[rows, …]`; the stored `noise` by default. */
  readonly drawStarts?: (x0: Float32Array, key: Key) => Float32Array;
  /** What only samples have of which parts may be missing. */
  readonly gaps?: GapOperations<S>;
  /** What only samples that are pictures have. */
  readonly pictures?: PictureOperations<S>;
}
