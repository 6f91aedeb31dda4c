/** @file Options that several data sets have. */
import * as v from 'valibot';
import { key } from '../../base/key.ts';
import { fits, mostPoints } from '../../data/shapes/shape.ts';
import type { Toy } from '../../data/sets/toy.ts';
import { count, upTo, whole } from '../config/limits.ts';
import { optional, withDefault } from '../option.ts';
import { dataSet, type DataSetRecord } from './data-set.ts';

const limit = optional(count, 'at most so many samples, the first ones (default: all)');

/** The seed of sets that are drawn. */
export const seed = withDefault(whole, 0, 'seed of the samples');

/** Of every set of images. */
export const ofImages = {
  size: optional(count, 'side of the images; larger ones are averaged down (default: as they are)', { unit: 'pixels' }),
  limit,
  flips: optional(v.boolean(), 'whether batches contain mirror images (default: what is right for the set)'),
};

/** Of sets in files that have a place on the machine. */
export const ofFiles = {
  folder: optional(v.string(), 'folder that is searched first (default: none)'),
  cache: optional(v.string(), 'folder of downloads (default: SCOREFIELD_CACHE, or ~/.cache/scorefield)'),
  system: optional(v.string(), "folder of the system's data sets (default: /usr/share/datasets)"),
  split: withDefault(v.picklist(['train', 'test']), 'train', 'the part for learning or for measuring'),
};

/** Of sets that are downloaded. */
export const ofDownloads = {
  mirrors: optional(v.array(v.string()), 'addresses to download from (default: the official ones)'),
};

/** Of points that are drawn. */
export const ofPoints = { limit, count: withDefault(count, 10_000, 'number of points'), seed };

/** Of shapes that are drawn. */
export const ofShapes = {
  limit,
  count: withDefault(count, 500, 'number of shapes'),
  seed,
  points: optional(upTo(mostPoints), 'points of a sample (default: 512)'),
  fit: optional(
    v.picklist(fits),
    'whether each shape is moved and scaled into the cube from -1 to 1, or all are left as they are (default: each)',
  ),
};

/** The record of a set of points that a function of a key and a count draws. */
export function pointSet<const Name extends string>(name: Name, { description, draw }: Toy): DataSetRecord<Name> {
  return dataSet({
    name,
    description,
    options: ofPoints,
    open: (options) => draw(key(options.seed), options.count),
  });
}
