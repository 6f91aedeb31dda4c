/** @file The posterior sampler `twisted`, by its name. */
import { twisted } from '../../inverse/posterior/twisted.ts';
import { positive, upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const twistedPosterior = posteriorSampler({
  name: 'twisted',
  description: 'twisted diffusion sampler: weighed particles, exact in the limit of many',
  citation: 'Wu et al. 2023, algorithm 1',
  needs: ['linear', 'vjp'],
  heedsNoise: true,
  anyNoise: true,
  defaultSteps: 100,
  grid: 'cosine',
  evaluations: ({ steps, particles }) => particles * (2 * steps + 1),
  options: {
    particles: withDefault(upTo(65_536), 16, 'particles of each sample, which are in memory together'),
    dataStd: withDefault(positive, 1, 'standard deviation of the data, in the range of the model'),
  },
  study: { steps: 40, particles: 8 },
  build: ({ particles, dataStd, ...settings }) => twisted({ ...gridSettings(settings), particles, dataStd }),
});
