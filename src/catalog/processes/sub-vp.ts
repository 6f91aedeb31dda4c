/** @file The sub-VP SDE as a named process. */
import { subVp } from '../../sde/processes/sub-vp.ts';
import { betas, endingAt, timesOptions } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const subVpProcess = process({
  name: 'sub-vp',
  description: 'the sub-VP SDE: the drift of the VP SDE with less noise',
  citation: 'Song et al. 2021, eq. 12',
  options: { ...betas, ...timesOptions },
  // Likelihood weights grow without bound toward t = 0: Song et al. 2021, Maximum likelihood training, appendix C.
  defaults: { ...likeDdpm, likelihood: { tMin: 1e-2 } },
  complete: endingAt(1e-3),
  build: (options) => subVp(options),
});
