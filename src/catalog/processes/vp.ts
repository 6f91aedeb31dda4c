/** @file The VP SDE as a named process. */
import { vp } from '../../sde/processes/vp.ts';
import { betas, endingAt, timesOptions } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const vpProcess = process({
  name: 'vp',
  description: 'the variance-preserving SDE: a linear noise rate, the limit of DDPM',
  citation: 'Song et al. 2021, eq. 11',
  options: { ...betas, ...timesOptions },
  // Likelihood weights grow without bound toward t = 0: Song et al. 2021, Maximum likelihood training, appendix C.
  defaults: { ...likeDdpm, likelihood: { tMin: 1e-3 } },
  complete: endingAt(1e-3),
  build: (options) => vp(options),
});
