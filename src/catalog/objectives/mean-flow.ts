/** @file MeanFlow as a named objective. */
import { meanFlow } from '../../score/distillation/mean-flow.ts';
import { lengthEnds } from '../../sde/learning/step-ends.ts';
import { fraction, positive, upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { bounded, objective } from './objective.ts';

export const meanFlowObjective = objective({
  name: 'mean-flow',
  description: 'MeanFlow: flow matching of a model that also learns the average velocity of every step',
  citation: 'Geng et al. 2025, Mean flows for one-step generative modeling',
  task: 'score',
  options: {
    share: withDefault(fraction, 0.5, 'part of a batch that learns steps'),
    median: withDefault(positive, 1, 'median noise level sigma / alpha of the times, which are log-normal'),
    spread: withDefault(positive, 1.6, 'standard deviation of log(sigma / alpha) of the times'),
    power: withDefault(fraction, 0.5, 'p of the weights 1 / (d + 0.01)^p of squared distances d; 0 for plain squares'),
    steps: withDefault(upTo(1024), 2, 'evaluations of a sample unless others are asked for'),
  },
  // The derivative of the network by the time is a part of its target, and has to be small.
  suits: { process: 'rectified-flow', parametrizations: bounded, timeScale: 3 },
  ends: () => lengthEnds,
  build: ({ share, median, spread, power }, { process }) =>
    meanFlow(process, { share, power, times: { mean: Math.log(median), std: spread } }),
  sampling: ({ steps }) => ({
    ...{ sampler: 'few-step', steps, grid: 'cosine' },
    leaps: { samplers: ['few-step', 'consistency'], steps: undefined },
  }),
});
