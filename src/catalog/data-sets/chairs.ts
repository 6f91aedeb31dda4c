/** @file The data set `chairs`, by its name. */
import { key } from '../../base/key.ts';
import { drawFurniture } from '../../data/shapes/furniture.ts';
import { dataSet } from './data-set.ts';
import { ofShapes } from './options.ts';

export const chairs = dataSet({
  name: 'chairs',
  description: 'seats with backs, slats and arms, of boxes with random sizes: 500 shapes; any count can be asked for',
  options: ofShapes,
  open: ({ seed, ...options }) => drawFurniture('chairs', key(seed), options),
});
