/** @file The sampler `pc-hmc`, by its name. */
import { hamiltonian } from '../../sample/correctors/hamiltonian.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { reverseDiffusion } from '../../sample/steps/reverse-diffusion.ts';
import { stepSettings, sampler, withEnergy } from './sampler.ts';

export const pcHmcSampler = sampler({
  name: 'pc-hmc',
  description:
    'predictor-corrector: reverse diffusion with Hamiltonian Monte Carlo of 3 leapfrog steps, of networks with an energy',
  citation: 'Song et al. 2021, algorithm 1; Neal 2011; Du et al. 2023',
  evaluationsPerStep: 7,
  defaultSteps: 200,
  stochastic: true,
  energies: true,
  options: {},
  build: (settings) =>
    withEnergy('pc-hmc', (logDensity) =>
      predictorCorrector({
        ...stepSettings(settings),
        predictor: reverseDiffusion(),
        corrector: hamiltonian({ logDensity, leapfrogs: 3 }),
      }),
    ),
});
