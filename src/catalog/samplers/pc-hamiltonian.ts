/** @file The sampler `pc-hamiltonian`, by its name. */
import { hamiltonian } from '../../sample/correctors/hamiltonian.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { reverseDiffusion } from '../../sample/steps/reverse-diffusion.ts';
import { stepSettings, sampler } from './sampler.ts';

export const pcHamiltonianSampler = sampler({
  name: 'pc-hamiltonian',
  description: 'predictor-corrector: reverse diffusion with a Hamiltonian corrector of 3 leapfrog steps',
  citation: 'Song et al. 2021, algorithm 1; Neal 2011',
  evaluationsPerStep: 5,
  defaultSteps: 200,
  stochastic: true,
  options: {},
  build: (settings) =>
    predictorCorrector({
      ...stepSettings(settings),
      predictor: reverseDiffusion(),
      corrector: hamiltonian({ leapfrogs: 3 }),
    }),
});
