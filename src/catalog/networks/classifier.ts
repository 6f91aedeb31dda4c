/** @file The classifier of noised samples as a named network. */
import { classifier, classifierDepth } from '../../nn/classifier.ts';
import { levelsWithin } from '../../nn/unet/unet-options.ts';
import { upTo } from '../config/limits.ts';
import { optional, required, withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { size } from './options.ts';

export const classifierNetwork = networkRecord({
  name: 'classifier',
  description: 'dense layers for points, the way down of DDPM++ for images',
  citation: 'Dhariwal and Nichol 2021, section 4',
  task: 'classifier',
  axes: [3, 1],
  options: {
    width: withDefault(size, 64, 'units of each layer of points; channels of the first level of images'),
    depth: withDefault(upTo(64), classifierDepth, 'hidden layers of points; levels of images'),
    stride: optional(upTo(16), 'step of the first convolution of images (default: 1)', { unit: 'pixels' }),
    classes: required(upTo(256), 'classes that it predicts'),
  },
  process: 'vp',
  embedding: 'none',
  defaults: (shape, { stride }) => {
    const halvings = typeof stride === 'number' ? Math.ceil(Math.log2(stride)) : 0;
    return { depth: Math.max(1, Math.min(classifierDepth, levelsWithin(shape, { patch: 1 }) - halvings)) };
  },
  build: (shape, options) => classifier(shape, options),
});
