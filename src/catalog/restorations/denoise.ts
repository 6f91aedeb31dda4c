/** @file The restoration `denoise`, by its name. */
import { identity } from '../../inverse/operator/sensing/identity.ts';
import { ofPictures, restoration } from './restoration.ts';

export const denoiseRestoration = restoration({
  name: 'denoise',
  description: 'the image is noisy',
  options: {},
  counts: true,
  build: (shape) => ofPictures(identity(shape)),
});
