/** @file The dilated network of tokens as a named network. */
import { dilated, dilatedDefaults } from '../../nn/tokens/dilated.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { tokenOptions } from './options.ts';

export const dilatedNetwork = networkRecord({
  name: 'dilated',
  description: 'convolutions over the tokens of a sequence at growing distances',
  citation: 'van den Oord et al. 2016, section 2.1',
  task: 'token-model',
  axes: [1],
  options: {
    ...tokenOptions,
    depth: withDefault(upTo(64), dilatedDefaults.depth, 'residual blocks'),
    cycle: withDefault(upTo(12), dilatedDefaults.cycle, 'blocks after which the distance begins at 1 again'),
  },
  process: 'rectified-flow',
  embedding: 'none',
  build: (shape, options) => dilated(shape, options),
});
