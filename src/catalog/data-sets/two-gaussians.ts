/** @file The data set `two-gaussians`, by its name. */
import * as v from 'valibot';
import { key } from '../../base/key.ts';
import { drawMixture, toys, twoGaussians as mixture } from '../../data/sets/toy.ts';
import { optional } from '../option.ts';
import { dataSet } from './data-set.ts';
import { ofPoints } from './options.ts';

export const twoGaussians = dataSet({
  name: 'two-gaussians',
  description: toys['two-gaussians'].description,
  options: {
    ...ofPoints,
    weights: optional(v.array(v.number()), 'two positive numbers, the weights of the two (default: 0.3 and 0.7)'),
  },
  open: ({ seed, count, weights }) => drawMixture('two-gaussians', mixture(weights), key(seed), count),
});
