/** @file DDPM++ as a named network. */
import { ddpmpp } from '../../nn/unet/ddpmpp.ts';
import { ddpmppStyle } from '../../nn/unet/unet-options.ts';
import { networkRecord } from './network.ts';
import { ddpmppOptions, unetSizes } from './options.ts';

export const ddpmppNetwork = networkRecord({
  name: 'ddpmpp',
  description: 'DDPM++, a U-Net of images or series',
  citation: 'Song et al. 2021, appendix H',
  task: 'score',
  axes: [3, 2],
  options: ddpmppOptions,
  process: 'vp',
  embedding: 'positional',
  logSigma: true,
  defaults: unetSizes(ddpmppStyle),
  build: (shape, options) => ddpmpp(shape, options),
});
