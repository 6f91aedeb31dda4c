/** @file A way to open a data set, with the options that it understands. */
import type { DataSet } from './dataset.ts';
import type { Layout } from './arrays/layout.ts';
import type { ReadOptions } from './pictures/picture-pool.ts';
import type { fits } from './shapes/shape.ts';
import type { SoundForm } from './sounds/sound.ts';
import type { Combinations } from './sets/emoji-sheet.ts';
import type { Places, Split } from './sets/standard-set.ts';

/** What to take of a data set; an option that a set does not know is an error. */
export interface OpenOptions extends Places, Watched {
  /**
   * Side of the images in pixels: larger ones are cut to their central square and averaged down, phantoms are drawn.
   * Default the size that the images have.
   */
  readonly size?: number | undefined;
  /** At most so many samples, the first ones. Not limited by default. */
  readonly limit?: number | undefined;
  /** Whether batches contain mirror images; by default what is right for the set. */
  readonly flips?: boolean | undefined;
  /** Of `emoji`: one of `emojiGroups`. All of them by default. */
  readonly group?: string | undefined;
  /**
   * Of `emoji`: all but sixteen pictures whose names combine words that other names have (`seen`), or those alone (`unseen`).
   * All by default.
   */
  readonly combinations?: Combinations | undefined;
  /** Of standard sets: the part for learning (default) or the part for measuring. */
  readonly split?: Split | undefined;
  /** Of standard sets: addresses to download from in place of the official mirrors. Default the official mirrors. */
  readonly mirrors?: readonly string[] | undefined;
  /** Of a folder of images: 1 for gray, 3 for color; by default what the images have in common. */
  readonly channels?: 1 | 3 | undefined;
  /** Of an array: what its axes are, where its shape leaves a choice. By default what the shape says. */
  readonly layout?: Layout | undefined;
  /** Of text and melodies: tokens of a sample. Default 64 characters. */
  readonly length?: number | undefined;
  /** Of text and melodies: whether all of it is taken, without a tenth that is kept out. Default false. */
  readonly whole?: boolean | undefined;
  /** Of a table: columns of categories. By default those whose cells are neither numbers nor dates. */
  readonly categories?: readonly string[] | undefined;
  /** Of a table: columns of numbers. By default those whose cells are all numbers. */
  readonly numbers?: readonly string[] | undefined;
  /** Of a table: columns that are left out. None by default. */
  readonly omit?: readonly string[] | undefined;
  /** Of a table that is a series: lines of a sample. By default each row is a sample. */
  readonly window?: number | undefined;
  /** Of a table that is a series: lines from the begin of a sample to that of the next. Default a quarter of the window. */
  readonly stride?: number | undefined;
  /** Of a table that is a series: the column of times. By default the first of dates alone. */
  readonly time?: string | undefined;
  /** Of series, fields and volumes: names of the channels with their units, such as `t2m [K]`. By default numbers from 1. */
  readonly names?: readonly string[] | undefined;
  /** Of series, fields and volumes: letters of the axes that are periodic. None by default. */
  readonly periodic?: readonly string[] | undefined;
  /** Of a table: the transformations of columns, such as `income=log1p`. Default quantile-normal. Of arrays those of channels, `log1p` of all. Default affine. */
  readonly transforms?: readonly string[] | undefined;
  /** Of shapes: points of a sample. Default 512. */
  readonly points?: number | undefined;
  /** Of shapes: whether each is moved and scaled into the cube from -1 to 1, or all are left as they are. Default each. */
  readonly fit?: (typeof fits)[number] | undefined;
  /** Of sounds: values of a second, in Hz. By default those of the files, at most 16,000. */
  readonly rate?: number | undefined;
  /** Of sounds: length of a clip. By default that of the longest files, at most 1. */
  readonly seconds?: number | undefined;
  /** Of sounds: what a network sees, spectrograms or waves. Default mel. */
  readonly as?: SoundForm['as'] | undefined;
  /** Of toys: the number of points, by default 10,000; of `phantoms`: the number of images, by default 2,000; of solids, chairs and desks: the number of shapes, by default 500. */
  readonly count?: number | undefined;
  /** Of toys and `phantoms`: the seed of the samples, by default 0. */
  readonly seed?: number | undefined;
  /** Of `two-gaussians`: the weights of the two. Default 0.3 and 0.7. */
  readonly weights?: readonly number[] | undefined;
}

/** How opening that takes long is watched and ended; every set knows these. */
export type Watched = Pick<ReadOptions, 'onProgress' | 'signal'>;

/** A way to open a set, and the options that it understands. */
export interface Opener {
  readonly description: string;
  readonly takes: readonly (keyof OpenOptions)[];
  /** Side of the images, where it is known beforehand. */
  readonly side?: number;
  /** The part that a training takes unless its user says. All by default. */
  readonly trained?: Split;
  readonly open: (options: OpenOptions) => Promise<DataSet>;
}

/** Options of every set of images. */
export const imageOptions = ['size', 'limit', 'flips'] as const;
