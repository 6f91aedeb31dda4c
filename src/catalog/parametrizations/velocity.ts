/** @file The prediction of the velocity as a named parametrization. */
import { velocity } from '../../sde/learning/parametrization.ts';
import { parametrization, timeScale, timeScaleOf } from './parametrization.ts';

export const velocityParametrization = parametrization({
  name: 'velocity',
  description: 'the network predicts the velocity of the probability flow',
  citation: 'Lipman et al. 2023, theorem 2',
  options: timeScale,
  weighting: 'flow-matching',
  defaults: timeScaleOf,
  build: (options) => velocity(options),
});
