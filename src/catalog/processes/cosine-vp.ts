/** @file The cosine VP SDE as a named process. */
import { cosineVp } from '../../sde/processes/cosine-vp.ts';
import { endingAt, offset, timesOptions, tMax } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const cosineVpProcess = process({
  name: 'cosine-vp',
  description: 'the VP SDE of the cosine schedule',
  citation: 'Nichol and Dhariwal 2021, eq. 17',
  options: { offset, tMax: tMax(0.9946), ...timesOptions },
  defaults: likeDdpm,
  complete: endingAt(1e-3),
  build: (options) => cosineVp(options),
});
