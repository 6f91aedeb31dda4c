/** @file The restoration `superres`, by its name. */
import { downsample } from '../../inverse/operator/sensing/downsample.ts';
import { count } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { ofPictures, restoration } from './restoration.ts';

export const superresRestoration = restoration({
  name: 'superres',
  description: 'means of blocks of pixels are known',
  options: { factor: withDefault(count, 2, 'pixels that are averaged along each axis', { unit: 'pixels' }) },
  counts: true,
  build: (shape, { factor }) => ofPictures(downsample(shape, factor)),
});
