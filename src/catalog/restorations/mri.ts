/** @file The restoration `mri`, by its name. */
import { subsampledFourier } from '../../inverse/operator/scans/fourier.ts';
import { pseudoInverse } from '../../inverse/operator/solve.ts';
import { kSpacePicture } from './measurement-pictures.ts';
import { checkChannels, columnsOf } from './task-operators.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { restoration } from './restoration.ts';

export const mriRestoration = restoration({
  name: 'mri',
  description: 'some columns of the Fourier transform are known (Cartesian magnetic resonance imaging)',
  options: {
    acceleration: withDefault(positive, 4, 'how many times fewer columns of the Fourier transform than the image has'),
  },
  counts: false,
  build: (shape, { acceleration }) => {
    checkChannels('mri', shape, [1, 'gray']);
    const [, height = 1, width = 1] = shape;
    const columns = columnsOf(width, acceleration);
    const operator = subsampledFourier(shape, columns);
    return {
      operator,
      classical: { name: 'zero filling', inverse: (y) => pseudoInverse(operator, y) },
      picture: (y) => kSpacePicture(y, { height, width, columns }),
    };
  },
});
