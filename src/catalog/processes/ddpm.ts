/** @file The chain of DDPM as a named process. */
import { ddpm } from '../../sde/processes/ddpm.ts';
import { linearBetas } from '../../sde/processes/discrete.ts';
import { betas, steps } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const ddpmProcess = process({
  name: 'ddpm',
  description: 'the chain of DDPM, a VP process in discrete time with linear betas',
  citation: 'Ho et al. 2020, section 4',
  options: { ...betas, steps },
  defaults: likeDdpm,
  build: (options) => ddpm({ betas: linearBetas(options) }),
});
