/** @file The linear VE SDE as a named process. */
import { linearVe } from '../../sde/processes/linear-ve.ts';
import { endingAt, sigmas, timesOptions } from './options.ts';
import { process } from './process.ts';

export const linearVeProcess = process({
  name: 'linear-ve',
  description: 'the VE SDE whose noise level grows evenly',
  citation: 'Song et al. 2021, Maximum likelihood training, code',
  options: { sigmaMax: sigmas.sigmaMax, ...timesOptions },
  defaults: {
    range: 'unit',
    parametrization: 'epsilon',
    weighting: 'sigma2',
    // Even steps of time are even steps of sigma here; importance sampling of the times finds the small ones.
    times: 'importance',
    reduction: 'mean',
    emaDecay: 0.999,
  },
  complete: endingAt(0),
  build: (options) => linearVe(options),
});
