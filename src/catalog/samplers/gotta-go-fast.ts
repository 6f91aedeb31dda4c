/** @file The sampler `gotta-go-fast`, by its name. */
import { gottaGoFast } from '../../sample/adaptive/gotta-go-fast.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { sampler } from './sampler.ts';

export const gottaGoFastSampler = sampler({
  name: 'gotta-go-fast',
  description: 'the reverse SDE in adaptive steps, each sample with its own',
  citation: 'Jolicoeur-Martineau et al. 2021, Gotta Go Fast, algorithm 1',
  evaluationsPerStep: undefined,
  defaultSteps: undefined,
  stochastic: true,
  options: {
    tolerance: withDefault(positive, 0.05, 'relative tolerance; the absolute one is equal, and at most 2/256', {
      remedy: 'a smaller tolerance',
    }),
  },
  build: ({ tolerance, denoiseLast }) => gottaGoFast({ rtol: tolerance, denoiseLast }),
});
