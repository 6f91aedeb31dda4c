/** @file The part `data` of a configuration: which data, and what of it. */
import * as v from 'valibot';
import { layouts } from '../../data/arrays/layout.ts';
import { combinationKinds } from '../../data/sets/emoji-sheet.ts';
import { fits, mostPoints } from '../../data/shapes/shape.ts';
import { soundViews } from '../../data/sounds/sound.ts';
import { parsed } from './issues.ts';
import { count, positive, upTo, whole, withKeys } from './limits.ts';
import { optional, required } from '../option.ts';

/** A name or a path. */
export const place = v.pipe(v.string(), v.nonEmpty('expected a name or a path'));

const names = v.array(v.pipe(v.string(), v.nonEmpty('expected a name')));

/** The keys of `data`. */
const dataOptions = {
  ref: required(place, 'name or path of the data'),
  size: optional(count, 'side of the images (default: as they are)', { unit: 'pixels' }),
  limit: optional(
    count,
    'at most so many samples, the first ones, of sorted data those of its first classes (default: all)',
  ),
  flips: optional(v.boolean(), 'whether mirror images are as likely as the images (default: as the data set says)'),
  group: optional(v.string(), 'of emoji: a group such as faces, hearts or food (default: all)'),
  combinations: optional(
    v.picklist(combinationKinds),
    'of emoji: all but sixteen names whose words other names have (seen), or those alone (unseen) (default: all)',
  ),
  split: optional(
    v.picklist(['train', 'test']),
    'part of a standard set (default: train), of a text, whose last tenth is test, or of a table or a folder of shapes or sounds, of which a tenth is in test (default: train in a training, else all)',
  ),
  folder: optional(v.string(), 'folder in which standard sets are looked for first (default: none)'),
  channels: optional(v.picklist([1, 3]), 'channels of a folder of images (default: as they are)'),
  layout: optional(
    v.picklist(layouts),
    'what the axes of an array are: points, or the letters of its axes, n of samples, c of channels, l of series, h and w of images and fields, d of volumes (default: what its shape says)',
  ),
  names: optional(
    names,
    'of series, fields and volumes: names of the channels with their units, such as ["t2m [K]"] (default: numbers from 1)',
  ),
  periodic: optional(
    names,
    'of series, fields and volumes: letters of the axes whose end is beside their beginning, such as ["w"] (default: none)',
  ),
  window: optional(upTo(65_536), 'of a table that is a series: lines of a sample (default: each row is a sample)'),
  stride: optional(
    upTo(65_536),
    'of a series: lines from the begin of a sample to that of the next (default: a quarter of the window)',
  ),
  time: optional(
    v.pipe(v.string(), v.nonEmpty('expected a name')),
    'of a series: the column of times (default: the first of dates alone)',
  ),
  length: optional(upTo(4096), 'characters of a sample of text (default: 64)'),
  whole: optional(
    v.boolean(),
    'of text: whether all of it is trained on, without a tenth that is kept out (default: false)',
  ),
  categories: optional(
    names,
    'of a table: columns of categories (default: those whose cells are neither numbers nor dates)',
  ),
  numbers: optional(names, 'of a table: columns of numbers (default: those whose cells are all numbers)'),
  omit: optional(names, 'of a table: columns that are left out (default: none)'),
  transforms: optional(
    names,
    'of a table: transformations of columns, such as ["income=log1p"]: affine, log1p, asinh, mu-law, quantile-normal (default: quantile-normal); of arrays those of channels, or one of all (default: affine)',
  ),
  points: optional(upTo(mostPoints), 'of shapes: points of a sample (default: 512)'),
  fit: optional(
    v.picklist(fits),
    'of shapes: whether each is moved and scaled into the cube from -1 to 1, or all are left as they are (default: each)',
  ),
  rate: optional(upTo(192_000), 'of sounds: values of a second (default: as the files have, at most 16000)', {
    unit: 'Hz',
  }),
  seconds: optional(positive, 'of sounds: length of a clip (default: that of the longest files, at most 1)', {
    unit: 'seconds',
  }),
  as: optional(
    v.picklist(soundViews),
    'of sounds: what the network sees, mel for spectrograms or wave for waves (default: mel)',
  ),
  count: optional(upTo(10_000_000), 'points of a toy set (default: 10000), or its shapes (default: 500)'),
  seed: optional(whole, 'seed of a toy set (default: 0)'),
  weights: optional(v.array(positive), 'weights of the Gaussians of two-gaussians (default: 0.3 and 0.7)'),
};

/** The schema of `data`. */
export const dataSchema = withKeys(dataOptions);

/** Data part of a configuration. */
export type DataConfig = v.InferOutput<typeof dataSchema>;

/**
 * Checks the data part alone, which is needed before the rest can have defaults.
 * @throws ConfigError listing every unknown key, missing key and bad value with its path.
 */
export function parseData(value: unknown): DataConfig {
  return parsed(dataSchema, value, 'data.');
}
