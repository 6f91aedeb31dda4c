/** @file The prediction of v as a named parametrization. */
import { vPrediction } from '../../sde/learning/parametrization.ts';
import { parametrization, timeScale, timeScaleOf } from './parametrization.ts';

export const vParametrization = parametrization({
  name: 'v',
  description: 'the network predicts v, a rotation of data and noise',
  citation: 'Salimans and Ho 2022, section 4',
  options: timeScale,
  weighting: 'v',
  defaults: timeScaleOf,
  build: (options) => vPrediction(options),
});
