/** @file The VE SDE as a named process. */
import { ve } from '../../sde/processes/ve.ts';
import { endingAt, sigmas, timesOptions } from './options.ts';
import { likeNcsn, process } from './process.ts';

export const veProcess = process({
  name: 've',
  description: 'the variance-exploding SDE: geometric noise levels, the limit of NCSN',
  citation: 'Song et al. 2021, eq. 9',
  options: { ...sigmas, ...timesOptions },
  defaults: likeNcsn,
  complete: endingAt(0),
  build: (options) => ve(options),
});
