/** @file The data set `desks`, by its name. */
import { key } from '../../base/key.ts';
import { drawFurniture } from '../../data/shapes/furniture.ts';
import { dataSet } from './data-set.ts';
import { ofShapes } from './options.ts';

export const desks = dataSet({
  name: 'desks',
  description:
    'desks and tables with legs, sides or a column, of boxes with random sizes: 500 shapes; any count can be asked for',
  options: ofShapes,
  open: ({ seed, ...options }) => drawFurniture('desks', key(seed), options),
});
