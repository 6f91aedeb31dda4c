/** @file The data set `eight-gaussians`, by its name. */
import { toys } from '../../data/sets/toy.ts';
import { pointSet } from './options.ts';

export const eightGaussians = pointSet('eight-gaussians', toys['eight-gaussians']);
