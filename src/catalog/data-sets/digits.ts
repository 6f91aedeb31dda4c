/** @file The data set `digits`, by its name. */
import { digitsSet } from '../../data/sets/digits.ts';
import { dataSet } from './data-set.ts';
import { ofImages } from './options.ts';

export const digits = dataSet({
  name: 'digits',
  description: 'handwritten digits, 1,797 gray images of 8 x 8 in 10 classes',
  citation: 'Alpaydin and Kaynak 1998',
  side: 8,
  options: ofImages,
  open: async (_, files) => digitsSet(await files.asset('digits.br')),
});
