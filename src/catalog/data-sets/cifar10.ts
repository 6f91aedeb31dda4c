/** @file The data set `cifar10`, by its name. */
import { dataSet } from './data-set.ts';
import { ofFiles, ofImages } from './options.ts';

export const cifar10 = dataSet({
  name: 'cifar10',
  description: 'photographs of animals and vehicles, 50,000 color images of 32 x 32 in 10 classes',
  citation: 'Krizhevsky 2009',
  side: 32,
  options: { ...ofImages, ...ofFiles },
  open: (options, files) => files.cifar10(options),
});
