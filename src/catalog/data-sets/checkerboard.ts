/** @file The data set `checkerboard`, by its name. */
import { toys } from '../../data/sets/toy.ts';
import { pointSet } from './options.ts';

export const checkerboard = pointSet('checkerboard', toys.checkerboard);
