/** @file From a name or a path of data to the data part of a configuration. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plain } from '../catalog/option.ts';
import { parseData, type DataConfig } from '../catalog/config/schema.ts';
import type { Layout } from '../data/arrays/layout.ts';
import type { SoundForm } from '../data/sounds/sound.ts';
import { dataSetNames } from '../run/data-sets.ts';

/** Which part of a data set is taken, and how its files are read. */
export interface DataChoice {
  /** Side of the images in pixels; larger images are averaged down. As they are by default. */
  readonly size?: number | undefined;
  /** Group of emoji; all by default. */
  readonly group?: string | undefined;
  /** Largest number of samples, the first ones; all by default. */
  readonly limit?: number | undefined;
  /** Folder that is searched before the cache for standard data sets. */
  readonly folder?: string | undefined;
  /** Channels of the pictures of a folder: 1 for gray, 3 for color; those of the pictures by default. */
  readonly channels?: 1 | 3 | undefined;
  /** What the axes of an array are, where its shape leaves a choice. */
  readonly layout?: Layout | undefined;
  /** Columns of a table that are of categories; those whose cells are neither numbers nor dates by default. */
  readonly categories?: readonly string[] | undefined;
  /** Columns of a table that are of numbers; those whose cells are all numbers by default. */
  readonly numbers?: readonly string[] | undefined;
  /** Columns of a table that are left out; none by default. */
  readonly omit?: readonly string[] | undefined;
  /** Lines of a sample of a table that is a series; each row is a sample by default. */
  readonly window?: number | undefined;
  /** Lines from the begin of a sample of a series to that of the next; a quarter of the window by default. */
  readonly stride?: number | undefined;
  /** The column of times of a series; the first of dates alone by default. */
  readonly time?: string | undefined;
  /** Names of the channels of series, fields and volumes, with their units; numbers from 1 by default. */
  readonly names?: readonly string[] | undefined;
  /** Letters of the axes of series, fields and volumes that are periodic; none by default. */
  readonly periodic?: readonly string[] | undefined;
  /** Transformations of columns of a table, such as `income=log1p`; quantile-normal by default. */
  readonly transforms?: readonly string[] | undefined;
  /** Points of a sample of shapes; 512 by default. */
  readonly points?: number | undefined;
  /** Values of a second of sounds, in Hz; those of the files, at most 16,000, by default. */
  readonly rate?: number | undefined;
  /** Length of a clip of a sound; that of the longest files, at most 1, by default. */
  readonly seconds?: number | undefined;
  /** What a network sees of sounds, spectrograms or waves; mel by default. */
  readonly as?: SoundForm['as'] | undefined;
}

/** The data part of what was asked for. A path is stored whole, so that a run can go on from another folder. */
export function askedData(ref: string, choice: DataChoice): Plain {
  const { size, group, limit, folder, channels, layout, categories, numbers, omit, transforms } = choice;
  const { names, periodic, points, window, stride, time, rate, seconds, as } = choice;
  const path = !Object.hasOwn(dataSetNames, ref) && (existsSync(ref) || /[\\/.]/.test(ref));
  return {
    ref: path ? resolve(ref) : ref,
    size,
    group,
    limit,
    folder: folder === undefined ? undefined : resolve(folder),
    channels,
    layout,
    ...{ categories, numbers, omit, transforms, names, periodic, points, window, stride, time, rate, seconds, as },
  };
}

/**
 * The data part of a configuration.
 * @throws ConfigError listing every option that is not sound.
 */
export function dataConfig(ref: string, choice: DataChoice): DataConfig {
  return parseData(askedData(ref, choice));
}
