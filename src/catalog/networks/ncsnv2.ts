/** @file NCSNv2 as a named network. */
import { ncsnv2 } from '../../nn/ncsn/ncsn.ts';
import { networkRecord } from './network.ts';
import { refineNetOptions } from './options.ts';

export const ncsnv2Network = networkRecord({
  name: 'ncsnv2',
  description: 'NCSNv2: a RefineNet that is blind to the noise level',
  citation: 'Song and Ermon 2020, appendix B',
  task: 'score',
  axes: [3],
  options: refineNetOptions,
  process: 've',
  embedding: 'none',
  build: (shape, options) => ncsnv2(shape, options),
});
