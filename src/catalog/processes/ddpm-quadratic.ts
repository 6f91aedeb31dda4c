/** @file The chain of DDPM with quadratic betas as a named process. */
import { ddpm } from '../../sde/processes/ddpm.ts';
import { quadraticBetas } from '../../sde/processes/discrete.ts';
import { betas, steps } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const ddpmQuadraticProcess = process({
  name: 'ddpm-quadratic',
  description: 'the chain of DDPM whose betas have evenly spaced square roots',
  citation: 'Ho et al. 2020, code',
  options: { ...betas, steps },
  defaults: likeDdpm,
  build: (options) => ddpm({ betas: quadraticBetas(options) }),
});
