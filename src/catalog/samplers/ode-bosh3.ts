/** @file The sampler `ode-bosh3`, by its name. */
import { bosh3Rounds } from '../../ode/bosh3.ts';
import { probabilityFlow } from '../../sample/adaptive/probability-flow.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { sampler } from './sampler.ts';

export const odeBosh3Sampler = sampler({
  name: 'ode-bosh3',
  description: 'probability-flow ODE by Bogacki-Shampine 3(2), for rough answers',
  citation: 'Song et al. 2021, eq. 13; Bogacki and Shampine 1989',
  evaluationsPerStep: undefined,
  defaultSteps: undefined,
  stochastic: false,
  options: {
    tolerance: withDefault(positive, 1e-2, 'relative and absolute tolerance', { remedy: 'a smaller tolerance' }),
    temperature: withDefault(positive, 1, 'factor of the noise that it begins with'),
  },
  build: ({ tolerance, temperature, denoiseLast }) =>
    probabilityFlow({ rtol: tolerance, atol: tolerance, temperature, denoiseLast, solve: bosh3Rounds }),
});
