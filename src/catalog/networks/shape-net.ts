/** @file The network of shapes as a named one. */
import * as v from 'valibot';
import { shapeNet } from '../../nn/shapes/shape-net.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { size } from './options.ts';

const latentSize = v.pipe(upTo(4096), v.minValue(2, 'expected at least 2'));

export const shapeNetNetwork = networkRecord({
  name: 'shape-net',
  description: 'an encoder of clouds of points, a score of points given a latent, and a score of latents',
  citation: 'Cai et al. 2020; Qi et al. 2017',
  task: 'shape-model',
  axes: [2],
  options: {
    latent: withDefault(latentSize, 64, 'numbers of a latent'),
    width: withDefault(size, 128, 'units of each layer of the score of points'),
    depth: withDefault(upTo(64), 6, 'residual blocks of the score of points'),
    encoderWidth: withDefault(size, 256, 'units of the encoder, a multiple of 4'),
    priorWidth: withDefault(size, 256, 'units of each layer of the score of latents'),
    priorDepth: withDefault(upTo(64), 3, 'residual blocks of the score of latents'),
  },
  process: 'smld',
  embedding: 'fourier',
  logSigma: true,
  build: (shape, options) => shapeNet(shape, options),
});
