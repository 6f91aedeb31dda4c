/** @file The data set `phantoms`, by its name. */
import { key } from '../../base/key.ts';
import { drawPhantoms } from '../../data/sets/phantoms.ts';
import { count } from '../config/limits.ts';
import { optional } from '../option.ts';
import { dataSet } from './data-set.ts';
import { ofImages, seed } from './options.ts';

export const phantoms = dataSet({
  name: 'phantoms',
  description: 'random bodies of ellipses to scan, 2,000 gray images of 64 x 64; any count and size can be asked for',
  options: { ...ofImages, count: optional(count, 'number of images (default: 2,000)'), seed },
  open: ({ seed: own, count: images, size }) => drawPhantoms(key(own), { count: images, size }),
});
