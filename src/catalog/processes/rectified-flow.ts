/** @file Rectified flow as a named process. */
import * as v from 'valibot';
import { rectifiedFlow } from '../../sde/processes/rectified-flow.ts';
import { optional } from '../option.ts';
import { endingAt, timesOptions, tMax } from './options.ts';
import { likeDdpm, process } from './process.ts';

const range = 'expected 0 to below 1';

export const rectifiedFlowProcess = process({
  name: 'rectified-flow',
  description: 'rectified flow: a straight path from data to noise',
  citation: 'Liu et al. 2022, eq. 1; Lipman et al. 2023, eq. 20',
  options: {
    tMax: tMax(0.995),
    ...timesOptions,
    sigmaMin: optional(
      v.pipe(v.number(), v.minValue(0, range), v.ltValue(1, range)),
      'noise of the data at t = 0, as in the conditional optimal transport path (default: 0)',
    ),
  },
  defaults: { ...likeDdpm, parametrization: 'velocity' },
  complete: endingAt(1e-3),
  build: (options) => rectifiedFlow(options),
});
