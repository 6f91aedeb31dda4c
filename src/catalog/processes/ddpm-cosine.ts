/** @file The chain of DDPM with the cosine schedule as a named process. */
import { ddpm } from '../../sde/processes/ddpm.ts';
import { cosineBetas } from '../../sde/processes/discrete.ts';
import { offset, steps } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const ddpmCosineProcess = process({
  name: 'ddpm-cosine',
  description: 'the chain of improved DDPM, with the cosine schedule',
  citation: 'Nichol and Dhariwal 2021, eq. 17',
  options: { offset, steps },
  // Its last beta of 0.999 multiplies errors of the noise by 31, which the published sampler clips; errors of v it does not.
  defaults: { ...likeDdpm, parametrization: 'v' },
  build: (options) => ddpm({ betas: cosineBetas(options) }),
});
