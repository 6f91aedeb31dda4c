/** @file The sampler `ode`, by its name. */
import { probabilityFlow } from '../../sample/adaptive/probability-flow.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { sampler } from './sampler.ts';

export const odeSampler = sampler({
  name: 'ode',
  description: 'probability-flow ODE by Dormand-Prince 5(4), each sample in steps of its own',
  citation: 'Song et al. 2021, eq. 13; Dormand and Prince 1980',
  evaluationsPerStep: undefined,
  defaultSteps: undefined,
  stochastic: false,
  options: {
    tolerance: withDefault(positive, 1e-4, 'relative and absolute tolerance', { remedy: 'a smaller tolerance' }),
    temperature: withDefault(positive, 1, 'factor of the noise that it begins with'),
  },
  build: ({ tolerance, temperature, denoiseLast }) =>
    probabilityFlow({ rtol: tolerance, atol: tolerance, temperature, denoiseLast }),
});
