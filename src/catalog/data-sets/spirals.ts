/** @file The data set `spirals`, by its name. */
import { toys } from '../../data/sets/toy.ts';
import { pointSet } from './options.ts';

export const spirals = pointSet('spirals', toys.spirals);
