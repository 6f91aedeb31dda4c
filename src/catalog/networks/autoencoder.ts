/** @file The autoencoder of images as a named network. */
import { autoencoder } from '../../nn/autoencoder.ts';
import { several, upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { size } from './options.ts';

/** Positions a side that latents have at most by default, and sides of squares of pixels. */
const [coarsest, patch] = [16, 2];

/** Levels of twice the channels below the first: one at least, and until latents have few positions. */
function multipliersFor(side: number): readonly number[] {
  const halvings = Math.max(1, Math.ceil(Math.log2(side / patch / coarsest)));
  return [1, ...Array.from({ length: halvings }, () => 2)];
}

export const autoencoderNetwork = networkRecord({
  name: 'autoencoder',
  description: 'an encoder of images to normal laws of latents, and a decoder',
  citation: 'Rombach et al. 2022',
  task: 'autoencoder',
  axes: [3],
  options: {
    channels: withDefault(upTo(64), 4, 'channels of a latent'),
    width: withDefault(size, 32, 'channels of the finest level, a multiple of 4'),
    multipliers: withDefault(
      several(upTo(64)),
      [1, 2],
      'channels of each level as multiples of width, finest first; each level halves the image (default: so many that latents have 16 positions a side at most)',
    ),
    patch: withDefault(upTo(64), patch, 'side of the squares of pixels that are the positions of the finest level', {
      unit: 'pixels',
    }),
    blocks: withDefault(upTo(64), 1, 'residual blocks of each level, in the encoder and in the decoder'),
  },
  process: 'edm',
  embedding: 'none',
  defaults: ([, height = 1, width = 1]) => ({ multipliers: multipliersFor(Math.max(height, width)) }),
  build: (shape, options) => autoencoder(shape, options),
});
