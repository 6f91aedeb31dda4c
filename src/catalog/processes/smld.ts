/** @file SMLD as a named process. */
import { smldSigmas } from '../../sde/processes/discrete.ts';
import { smld } from '../../sde/processes/smld.ts';
import { levels, sigmas } from './options.ts';
import { likeNcsn, process } from './process.ts';

export const smldProcess = process({
  name: 'smld',
  description: 'the noise levels of SMLD (NCSN), a VE process in discrete time',
  citation: 'Song and Ermon 2019, section 4',
  options: { ...sigmas, levels },
  defaults: likeNcsn,
  build: (options) => smld({ sigmas: smldSigmas(options) }),
});
