/** @file The sampler `stochastic-runge-kutta`, by its name. */
import { stochasticRungeKutta } from '../../sample/steps/stochastic-runge-kutta.ts';
import { repeated, sampler } from './sampler.ts';

export const stochasticRungeKuttaSampler = sampler({
  name: 'stochastic-runge-kutta',
  description: 'the reverse SDE by SRA1, of strong order 1.5',
  citation: 'Roessler 2010, SRA1',
  evaluationsPerStep: 2,
  defaultSteps: 50,
  stochastic: true,
  grid: 'karras',
  options: {},
  build: (settings) => repeated(stochasticRungeKutta(), settings),
});
