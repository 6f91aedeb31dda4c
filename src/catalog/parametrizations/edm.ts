/** @file EDM's preconditioning as a named parametrization. */
import { edmParametrization as edmPreconditioning } from '../../sde/learning/parametrization.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { parametrization } from './parametrization.ts';

export const edmParametrization = parametrization({
  name: 'edm',
  description: "EDM's preconditioning: a denoiser whose targets have unit size at every noise level",
  citation: 'Karras et al. 2022, eq. 7',
  options: {
    sigmaData: withDefault(positive, 0.5, 'standard deviation of the scaled data'),
  },
  defaults: ({ sigmaData }) => ({ sigmaData }),
  build: (options) => edmPreconditioning(options),
});
