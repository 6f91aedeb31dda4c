/** @file NCSN++ as a named network. */
import { ncsnpp } from '../../nn/unet/ddpmpp.ts';
import { ncsnppStyle } from '../../nn/unet/unet-options.ts';
import { networkRecord } from './network.ts';
import { ncsnppOptions, unetSizes } from './options.ts';

export const ncsnppNetwork = networkRecord({
  name: 'ncsnpp',
  description: 'NCSN++, a U-Net with filtered resampling and random Fourier features',
  citation: 'Song et al. 2021, appendix H',
  task: 'score',
  axes: [3, 2],
  options: ncsnppOptions,
  process: 've',
  embedding: 'fourier',
  logSigma: true,
  defaults: unetSizes(ncsnppStyle),
  build: (shape, options) => ncsnpp(shape, options),
});
