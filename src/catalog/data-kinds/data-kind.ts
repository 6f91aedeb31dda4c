/** @file The record of a kind of data. */
import type { Json } from '../../base/json.ts';
import type { MelForm } from '../../base/sound/mel.ts';
import type { Shape, Tensor } from '../../base/tensor.ts';
import type { DataSet, SetKind } from '../../data/dataset.ts';
import type { ArrayForm } from '../../data/float-arrays/float-array.ts';
import type { Units } from '../../data/kinds/set-kind.ts';
import type { Scaler } from '../../data/scaler.ts';
import type { Image } from '../../plot/png.ts';
import type { Named } from '../named.ts';
import type { Plain } from '../option.ts';
import type { UsualSampler } from '../objectives/objective.ts';

/** What the data decide of a network. */
export interface DecidingData {
  /** Of tokens. */
  readonly alphabet?: readonly string[];
  /** Of arrays. */
  readonly form?: ArrayForm;
  /** Of sounds. */
  readonly mel?: Pick<MelForm, 'bands' | 'hop'>;
}

/** How the samples of a set are drawn. */
export interface DrawOptions {
  /** Images in a row of a grid; about as many as there are rows by default. */
  readonly columns?: number | undefined;
  /** Of shapes: degrees around the axis that points up, and above the ground, from which they are seen. Default [-60, 25]. */
  readonly view?: readonly [azimuth: number, elevation: number] | undefined;
  /** Title of a plot. Default none. */
  readonly title?: string | undefined;
}

/** The settings with which a default network learns most of samples in minutes. */
export interface Recipe {
  /** Name of the process. */
  readonly process: string;
  /**
   * Options of the network, for samples of a size.
   * @param size - height and width of images, length of series
   * @param asked - options that are asked for
   */
  net(size: Shape, asked: Plain): Plain;
  /** Settings of the loss where its times are log-normal. */
  readonly loss: Plain;
  /** Settings of `train`. */
  readonly train: Plain;
}

/** Samples beside real ones, and what a model has learned. */
export interface Compared<S extends DataSet = DataSet> {
  readonly samples: RowsOf<S>;
  /** Real samples that the model has not seen, where there are such. */
  readonly reference: RowsOf<S>;
  /** Other real ones: those that the model has seen, where it is trained on a part of them. */
  readonly real: RowsOf<S>;
  /** Whether sample i was drawn to be like row i of the reference. Default false. */
  readonly paired?: boolean | undefined;
}

/** Some samples of a set. */
export interface RowsOf<S extends DataSet> {
  readonly set: S;
  readonly rows: readonly number[];
}

/** What a kind of data says of samples beside real ones, besides distances of features. */
export interface KindReport {
  /** What is printed: names and texts. */
  readonly rows: Readonly<Record<string, string>>;
  /** The same as numbers. */
  readonly value: Readonly<Record<string, Json>>;
}

/** A format of files that samples are written in. */
export interface FileFormat<S extends DataSet = DataSet> {
  /** Of the names of files: `.csv`. */
  readonly ending: string;
  /** @param more - further columns of a text, a number for each sample; other formats have none */
  write(set: S, more?: Readonly<Record<string, ArrayLike<number>>>): string | Uint8Array;
}

/** A kind of data: what can be done with its sets and samples, how they are drawn, and the settings of a run that go with it. */
export interface DataKindRecord<Name extends string = string, S extends DataSet = DataSet>
  extends Named<Name>, SetKind<S> {
  readonly name: Name;
  /** What one number of a sample counts, for messages: 'gray levels of 256'. */
  unit(scaler: Scaler): string;
  /** Name of the network that a run has by default. */
  readonly network: string;
  /** Name of the network for samples of a grid, where that depends on its axes. Default `network`. */
  networkOf?(grid: Shape): string;
  /** Name of the task that a run has by default. Default score. */
  readonly task?: string;
  /** Options of the network that the data decide, before they are known too. Default none. */
  net?(set: DecidingData): Plain;
  /** Standard deviation of the data in the model's range. */
  readonly sigmaData: number;
  /** Whether samples have few dimensions whatever their size, so that Langevin steps are taken from sigma(t) and not from norms. */
  readonly lowDimensional: boolean;
  /** How the data are scaled, as settings of a run; a kind without such settings refuses them. */
  scaling?(set: { readonly oneSpace?: boolean }): Plain;
  /** Settings that files of older versions do not say. Default none. */
  readonly unsaid?: Plain;
  /** Whether a run learns the classes of its data unless its user says. Default false. */
  readonly conditional?: boolean;
  /** The sampler that a model has unless its training asks for one. Default that of its process. */
  readonly sampler?: UsualSampler;
  /** Settings of `train`. */
  readonly train: Plain;
  /** What takes their place where the default network learns a score by denoising score matching. Default nothing. */
  readonly recipe?: Recipe;
  /** Whether what a stored scaler says of a transformation fits samples of this kind; only kinds with a codec of their own have any. */
  transformOk?(transform: unknown, units: Units): boolean;
  /** How other files are read for a model, where what it has learned says more than the settings of its data. */
  reading?(units: Units): Plain;
  /** A picture of the samples of a set, where that is made of pixels. */
  image?(set: S, options: DrawOptions): Image;
  /** A picture of the samples of a set as SVG, where that is a plot. Of a kind with both, people save the plot, which has words; strips and logs take the pixels. */
  plot?(set: S, options: DrawOptions): string;
  /** The samples of a set as text, where they are text. */
  texts?(set: S): readonly string[];
  /** The samples of a set as files of a format of their own, where they have one. */
  files?(set: S): readonly (readonly [name: string, bytes: Uint8Array])[];
  /** Computes what pictures and files of a set take long for, which have it at once then; yields the part that is done. Default nothing. */
  prepare?(set: S): Generator<number, void>;
  /**
   * Some samples as what people get of them is seen by a model with these units: the spectrograms of the waves. Undefined where such a model sees no such samples, or
   * where that is what they are; yields the part that is done. Default: people get what the model draws.
   */
  heard?(parts: RowsOf<S>, units: Units): Generator<number, DataSet | undefined>;
  /** What else is said of samples beside real ones; yields the part that is done. */
  compare?(parts: Compared<S>): Generator<number, KindReport>;
  /** What samples say of the parts that were missing, as the text of a table. */
  holes?(
    set: S,
    draws: { readonly samples: S; readonly rows: readonly number[]; readonly count: number },
    quantiles: readonly number[],
  ): string;
  /** Formats of files besides pictures and arrays. */
  readonly formats?: readonly FileFormat<S>[];
  /** Samples in a picture of a set unless another number is given. Default all of them. */
  readonly pictured?: number;
  /** Samples in a picture of a training. */
  readonly snapshot: number;
  /** A noisy state `[n, ...]` with the brightness and contrast of the data, for strips from noise to data; none are drawn without. */
  visible?(x: Tensor, units: Units, level: { readonly alpha: number; readonly sigma: number }): Tensor;
}

/** A record of a kind of data. */
export function dataKind<const Name extends string, S extends DataSet>(
  record: DataKindRecord<Name, S>,
): DataKindRecord<Name> {
  return Object.freeze(record);
}
