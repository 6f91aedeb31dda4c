/** @file The restoration `colorize`, by its name. */
import { gray } from '../../inverse/operator/sensing/matrix.ts';
import { checkChannels } from './task-operators.ts';
import { ofPictures, restoration } from './restoration.ts';

export const colorizeRestoration = restoration({
  name: 'colorize',
  description: 'the mean of the channels is known',
  options: {},
  counts: true,
  build: (shape) => {
    checkChannels('colorize', shape, [3, 'color']);
    return ofPictures(gray(shape));
  },
});
