/** @file The network of DiffWave as a named one. */
import * as v from 'valibot';
import { diffwave } from '../../nn/diffwave.ts';
import { upTo } from '../config/limits.ts';
import { optional, withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { classes, frameOptions, size } from './options.ts';

export const diffwaveNetwork = networkRecord({
  name: 'diffwave',
  description: 'gated convolutions at growing distances for series and sounds, which complete what is known of a part',
  citation: 'Kong et al. 2021',
  task: 'score',
  axes: [2],
  options: {
    width: withDefault(size, 64, 'channels of each layer'),
    depth: optional(upTo(128), 'residual layers (default: twice the cycle)'),
    cycle: optional(
      upTo(16),
      'layers after which the distance, which doubles with each, begins at 1 again (default: up to a quarter of the series)',
    ),
    features: withDefault(size, 128, 'features of the label, an even number'),
    embedding: optional(
      v.picklist(['fourier', 'positional']),
      'features of the label: of random frequencies, or sines of fixed ones (default: fourier)',
    ),
    periodic: withDefault(v.boolean(), false, 'whether the end of the series is beside its beginning'),
    known: optional(
      v.boolean(),
      'whether it reads which numbers are known, so that it completes the others (default: true without classes and bands)',
    ),
    patch: optional(
      upTo(64),
      'neighboring values that are one place of the layers (default: 1; 8 with --condition mel)',
    ),
    ...frameOptions,
    classes,
  },
  process: 'edm',
  embedding: 'fourier',
  build: (shape, options) => diffwave(shape, options),
});
