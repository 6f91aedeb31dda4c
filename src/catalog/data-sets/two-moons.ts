/** @file The data set `two-moons`, by its name. */
import { toys } from '../../data/sets/toy.ts';
import { pointSet } from './options.ts';

export const twoMoons = pointSet('two-moons', toys['two-moons']);
