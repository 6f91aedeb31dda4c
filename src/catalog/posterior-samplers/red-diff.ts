/** @file The posterior sampler `red-diff`, by its name. */
import { redDiff } from '../../inverse/posterior/red-diff.ts';
import { nonNegative, positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const redDiffPosterior = posteriorSampler({
  name: 'red-diff',
  description: 'RED-diff: one likely solution by optimization, with the score as regularizer',
  citation: 'Mardani et al. 2024, algorithm 1',
  needs: [],
  heedsNoise: false,
  anyNoise: true,
  defaultSteps: 1000,
  evaluations: ({ steps }) => steps + 1,
  options: {
    priorWeight: withDefault(nonNegative, 0.25, 'weight lambda of the prior against the misfit'),
    stepSize: withDefault(positive, 0.1, 'learning rate of the optimizer'),
  },
  study: { steps: 100 },
  build: ({ priorWeight, stepSize, ...settings }) =>
    redDiff({ ...gridSettings(settings), priorWeight, rate: stepSize }),
});
