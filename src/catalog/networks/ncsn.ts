/** @file NCSN as a named network. */
import * as v from 'valibot';
import { ncsn } from '../../nn/ncsn/ncsn.ts';
import { upTo } from '../config/limits.ts';
import { ncsnLabels } from '../config/ncsn-labels.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { refineNetOptions } from './options.ts';

export const ncsnNetwork = networkRecord({
  name: 'ncsn',
  description: 'NCSN: a RefineNet whose normalizations know the noise level',
  citation: 'Song and Ermon 2019, appendix A',
  task: 'score',
  axes: [3],
  options: {
    ...refineNetOptions,
    levels: withDefault(
      v.pipe(upTo(10_000), v.minValue(2, 'expected at least 2')),
      18,
      'noise levels, evenly spaced over labels from 0 to 1',
    ),
  },
  process: 've',
  embedding: 'none',
  rules: (process) => [ncsnLabels(process)],
  build: (shape, options) => ncsn(shape, options),
});
