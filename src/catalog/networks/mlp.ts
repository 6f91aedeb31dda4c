/** @file The network for points as a named one. */
import { mlp } from '../../nn/mlp.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { classes, energy, size } from './options.ts';

export const mlpNetwork = networkRecord({
  name: 'mlp',
  description: 'dense layers with SiLU and sinusoidal features of the time',
  task: 'score',
  axes: [1],
  options: {
    width: withDefault(size, 128, 'units of each hidden layer'),
    depth: withDefault(upTo(64), 3, 'hidden layers'),
    features: withDefault(size, 64, 'features of the label, an even number'),
    classes,
    energy,
  },
  process: 'vp',
  embedding: 'positional',
  build: ([dimension = 1], options) => mlp(dimension, options),
});
