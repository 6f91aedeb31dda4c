/** @file Rectified flow as a named process. */
import { rectifiedFlow } from '../../sde/processes/rectified-flow.ts';
import { endingAt, timesOptions, tMax } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const rectifiedFlowProcess = process({
  name: 'rectified-flow',
  description: 'rectified flow: a straight path from data to noise',
  citation: 'Liu et al. 2022, eq. 1; Lipman et al. 2023, eq. 20',
  options: { tMax: tMax(0.995), ...timesOptions },
  defaults: { ...likeDdpm, parametrization: 'velocity' },
  complete: endingAt(1e-3),
  build: (options) => rectifiedFlow(options),
});
