/** @file The prediction of the noise from its level as a named parametrization. */
import { epsilonOfLevel } from '../../sde/learning/parametrization.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { parametrization } from './parametrization.ts';

export const noiseLevelParametrization = parametrization({
  name: 'noise-level',
  description: 'the network predicts the noise and reads its level, the square root of alpha-bar, in place of a step',
  citation: 'Chen et al. 2021, section 2.2',
  options: {
    levelScale: withDefault(positive, 5000, 'label of no noise; the network reads levelScale times the level'),
  },
  // Sinusoidal features have periods of 6 and more, random ones of about 1.
  defaults: ({ embedding }) => ({ levelScale: embedding === 'positional' ? 5000 : 10 }),
  build: (options) => epsilonOfLevel(options),
});
