/** @file The posterior sampler `repaint`, by its name. */
import { repaint } from '../../inverse/posterior/repaint.ts';
import { count } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { gridSettings, posteriorSampler } from './posterior-sampler.ts';

export const repaintPosterior = posteriorSampler({
  name: 'repaint',
  description: 'replacement that goes back and forth, so that the unknown comes to agree with the known',
  citation: 'Lugmayr et al. 2022, algorithm 1',
  needs: ['linear'],
  heedsNoise: false,
  anyNoise: false,
  defaultSteps: 250,
  evaluations: ({ steps, jumpLength: j, resamplings: r }) =>
    steps + Math.max(0, Math.ceil(steps / j) - 1) * (r - 1) * j + 1,
  options: {
    jumpLength: withDefault(count, 10, 'steps of a jump back'),
    resamplings: withDefault(count, 10, 'how often each part of the grid is walked'),
  },
  study: { steps: 40, jumpLength: 5, resamplings: 3 },
  build: ({ jumpLength, resamplings, ...settings }) => repaint({ ...gridSettings(settings), jumpLength, resamplings }),
});
