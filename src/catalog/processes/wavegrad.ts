/** @file The process of WaveGrad as a named one. */
import { wavegrad } from '../../sde/processes/wavegrad.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { steps } from './options.ts';
import { likeDdpm, process } from './process.ts';

export const wavegradProcess = process({
  name: 'wavegrad',
  description: 'the chain of DDPM with all noise levels between its steps, for networks that are given the level',
  citation: 'Chen et al. 2021, section 4.2',
  options: {
    betaMin: withDefault(positive, 1e-3, 'noise rate at t = 0'),
    betaMax: withDefault(positive, 10, 'noise rate at t = 1'),
    steps,
  },
  defaults: { ...likeDdpm, parametrization: 'noise-level', times: 'segments' },
  build: (options) => wavegrad(options),
});
