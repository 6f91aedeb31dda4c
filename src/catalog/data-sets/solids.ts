/** @file The data set `solids`, by its name. */
import { key } from '../../base/key.ts';
import { drawSolids } from '../../data/shapes/solids.ts';
import { dataSet } from './data-set.ts';
import { ofShapes } from './options.ts';

export const solids = dataSet({
  name: 'solids',
  description:
    'spheres, ellipsoids, boxes, tori and superquadrics of random sizes: 500 shapes; any count can be asked for',
  options: ofShapes,
  open: ({ seed, count, ...options }) => drawSolids(key(seed), count, options),
});
