/** @file The sampler `pc-mala`, by its name. */
import { mala } from '../../sample/correctors/mala.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { reverseDiffusion } from '../../sample/steps/reverse-diffusion.ts';
import { stepSettings, sampler, withEnergy } from './sampler.ts';

export const pcMalaSampler = sampler({
  name: 'pc-mala',
  description:
    'predictor-corrector: reverse diffusion with a Metropolis-adjusted Langevin step, of networks with an energy',
  citation: 'Song et al. 2021, algorithm 1; Du et al. 2023',
  evaluationsPerStep: 5,
  defaultSteps: 200,
  stochastic: true,
  energies: true,
  options: {},
  build: (settings) =>
    withEnergy('pc-mala', (logDensity) =>
      predictorCorrector({
        ...stepSettings(settings),
        predictor: reverseDiffusion(),
        corrector: mala({ logDensity }),
      }),
    ),
});
