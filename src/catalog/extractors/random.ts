/** @file Convolutions with random weights. */
import { foldIn, key } from '../../base/key.ts';
import { initialize } from '../../nn/network.ts';
import { randomFeatures } from '../../nn/random-features.ts';
import { extractor } from './extractor.ts';

export const random = extractor({
  name: 'random',
  description: 'convolutions with random weights, 64 features of images of any size: they know no data',
  reads: 'samples',
  open: (shape) => {
    const net = randomFeatures(shape);
    return { net, params: initialize(net, foldIn(key(0), 'features')), name: 'random' };
  },
});
