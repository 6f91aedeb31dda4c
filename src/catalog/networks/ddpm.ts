/** @file The U-Net of DDPM as a named network. */
import { ddpmUnet } from '../../nn/unet/ddpmpp.ts';
import { ddpmStyle } from '../../nn/unet/unet-options.ts';
import { networkRecord } from './network.ts';
import { ddpmOptions, unetSizes } from './options.ts';

export const ddpmNetwork = networkRecord({
  name: 'ddpm',
  description: 'the U-Net of DDPM',
  citation: 'Ho et al. 2020, appendix B',
  task: 'score',
  axes: [3, 2],
  options: ddpmOptions,
  process: 'vp',
  embedding: 'positional',
  logSigma: true,
  defaults: unetSizes(ddpmStyle),
  build: (shape, options) => ddpmUnet(shape, options),
});
