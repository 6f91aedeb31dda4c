/** @file The prediction of the data as a named parametrization. */
import { dataPrediction } from '../../sde/learning/parametrization.ts';
import { parametrization, timeScale, timeScaleOf } from './parametrization.ts';

export const x0Parametrization = parametrization({
  name: 'x0',
  description: 'the network predicts the data',
  citation: 'Salimans and Ho 2022, section 4',
  options: timeScale,
  // Neither small nor large noise counts without bound.
  weighting: 'min-snr',
  defaults: timeScaleOf,
  build: (options) => dataPrediction(options),
});
