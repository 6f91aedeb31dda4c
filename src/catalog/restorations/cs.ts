/** @file The restoration `cs`, by its name. */
import type { Tensor } from '../../base/tensor.ts';
import { pseudoInverse } from '../../inverse/operator/solve.ts';
import { randomSums } from './task-operators.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { restoration } from './restoration.ts';

export const csRestoration = restoration({
  name: 'cs',
  description: 'random sums of all values are known (compressed sensing)',
  options: { rate: withDefault(positive, 0.25, 'measurements as a share of the values of an image') },
  counts: false,
  build: (shape, { rate }, key) => {
    const operator = randomSums(key, shape, rate);
    const inverse = (y: Tensor): Tensor => pseudoInverse(operator, y);
    return { operator, classical: { name: 'pseudo-inverse', inverse }, picture: inverse };
  },
});
