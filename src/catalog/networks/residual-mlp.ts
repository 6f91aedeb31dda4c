/** @file The network for rows of tables as a named one. */
import * as v from 'valibot';
import { residualMlp } from '../../nn/residual-mlp.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { size } from './options.ts';

export const residualMlpNetwork = networkRecord({
  name: 'residual-mlp',
  description: 'residual blocks of dense layers for rows of tables, which completes rows of which a part is known',
  citation: 'Gorishniy et al. 2021',
  task: 'score',
  axes: [1],
  options: {
    width: withDefault(size, 256, 'units of each layer'),
    depth: withDefault(upTo(64), 3, 'residual blocks of two layers'),
    features: withDefault(size, 64, 'features of the label, an even number'),
    known: withDefault(v.boolean(), true, 'whether it reads which numbers are known, so that it completes the others'),
  },
  process: 'edm',
  embedding: 'fourier',
  build: ([dimension = 1], options) => residualMlp(dimension, options),
});
