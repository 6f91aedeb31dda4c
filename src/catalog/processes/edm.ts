/** @file The process of EDM as a named one. */
import { edm } from '../../sde/processes/edm.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { process } from './process.ts';

const ofData = { unit: 'that of the scaled data' };

export const edmProcess = process({
  name: 'edm',
  description: 'the process of EDM, whose time is the noise level',
  citation: 'Karras et al. 2022, table 1',
  options: {
    sigmaMin: withDefault(positive, 0.002, 'smallest noise level', ofData),
    sigmaMax: withDefault(positive, 80, 'largest noise level', ofData),
  },
  defaults: {
    range: 'centered',
    parametrization: 'edm',
    weighting: 'edm',
    times: 'log-normal',
    reduction: 'mean',
    emaDecay: 0.999,
  },
  // Steps of the flow, which is nearly straight here: a run of images is sampled so well that more evaluations do not show.
  sampler: { sampler: 'dpm-solver-2m', nfe: 20 },
  build: (options) => edm(options),
});
