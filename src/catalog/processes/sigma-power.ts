/** @file The SDE of Song's tutorial as a named process. */
import { sigmaPower } from '../../sde/processes/sigma-power.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { endingAt, timesOptions } from './options.ts';
import { likeNcsn, process } from './process.ts';

export const sigmaPowerProcess = process({
  name: 'sigma-power',
  description: "dx = sigma^t dw, the SDE of Song's tutorial",
  citation: 'Song 2021, tutorial notebook',
  options: { sigma: withDefault(positive, 25, 'base of the diffusion coefficient, above 1'), ...timesOptions },
  defaults: { ...likeNcsn, reduction: 'sum' },
  complete: endingAt(1e-3),
  build: (options) => sigmaPower(options),
});
