/** @file The data set `swiss-roll`, by its name. */
import { toys } from '../../data/sets/toy.ts';
import { pointSet } from './options.ts';

export const swissRoll = pointSet('swiss-roll', toys['swiss-roll']);
