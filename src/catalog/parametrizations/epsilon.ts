/** @file The prediction of the noise as a named parametrization. */
import { epsilon } from '../../sde/learning/parametrization.ts';
import { parametrization, timeScale, timeScaleOf } from './parametrization.ts';

export const epsilonParametrization = parametrization({
  name: 'epsilon',
  description: 'the network predicts the noise',
  citation: 'Ho et al. 2020, eq. 11',
  options: timeScale,
  defaults: timeScaleOf,
  build: (options) => epsilon(options),
});
