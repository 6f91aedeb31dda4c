/** @file The sampler `unipc`, by its name. */
import { unipc } from '../../sample/multistep/unipc.ts';
import { lookingBack, sampler } from './sampler.ts';

export const unipcSampler = sampler({
  name: 'unipc',
  description: 'UniPC of order 2: a multistep predictor whose corrector costs nothing; third order',
  citation: 'Zhao et al. 2023, algorithms 1 and 2',
  evaluationsPerStep: 1,
  defaultSteps: 15,
  stochastic: false,
  grid: 'log-snr',
  options: {},
  build: (settings) => lookingBack(unipc(), settings),
});
