/** @file The restoration `deblur`, by its name. */
import * as v from 'valibot';
import { blur } from '../../inverse/operator/sensing/blur.ts';
import { kernelOf } from './task-operators.ts';
import { withDefault } from '../option.ts';
import { ofPictures, restoration } from './restoration.ts';

const blurring = v.custom<number | string>(() => true);

export const deblurRestoration = restoration({
  name: 'deblur',
  description: 'the image is out of focus or was moved (periodic at the borders)',
  options: {
    blur: withDefault(
      blurring,
      1.5,
      'standard deviation of a Gaussian, or motion:L or motion:L:A, a straight motion of L pixels at A degrees',
      { unit: 'pixels' },
    ),
  },
  counts: true,
  build: (shape, { blur: kind }) => ofPictures(blur(shape, kernelOf(shape, kind))),
});
