/** @file The transformer of tokens as a named network. */
import { transformer, transformerDefaults } from '../../nn/tokens/transformer.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { tokenOptions } from './options.ts';

export const transformerNetwork = networkRecord({
  name: 'transformer',
  description: 'attention over the tokens of a sequence in both directions',
  citation: 'Vaswani et al. 2017; Su et al. 2021',
  task: 'token-model',
  axes: [1],
  options: {
    ...tokenOptions,
    depth: withDefault(upTo(64), transformerDefaults.depth, 'blocks of attention and dense layers'),
    heads: withDefault(upTo(64), transformerDefaults.heads, 'heads of the attention'),
  },
  process: 'rectified-flow',
  embedding: 'none',
  build: (shape, options) => transformer(shape, options),
});
