/** @file Bridge matching as a named objective. */
import * as v from 'valibot';
import { bridgeMatching } from '../../score/objectives/bridge-matching.ts';
import { bridgeInput } from '../../sde/learning/bridge-input.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';

/** Variance of the reference between two sets whose union is scaled to variance 1, unless another is asked for. */
export const defaultEpsilon = 0.1;

/** The option of that variance, which every objective of a bridge has. */
export const referenceVariance = withDefault(
  positive,
  defaultEpsilon,
  'variance that the reference gains between the ends, in units of the scaled data',
);

export const bridgeMatchingObjective = objective({
  name: 'bridge-matching',
  description: 'the drift between the two ends of pairs, for `bridge`',
  citation: 'Shi et al. 2023, eq. 10; Peluchetti 2023',
  task: 'bridge',
  options: {
    epsilon: referenceVariance,
    start: withDefault(
      v.boolean(),
      false,
      'whether the network sees where each path began, so that the ends of pairs stay together; true of i2sb',
    ),
  },
  suits: { process: 'rectified-flow', parametrizations: ['velocity'] },
  parametrization: ({ epsilon }) => bridgeInput(epsilon),
  noise: ({ epsilon }) => `Brownian, of variance ${epsilon}`,
  seesStart: ({ start }) => start,
  build: ({ epsilon, start }, { process }) => bridgeMatching(process, epsilon, { start }),
});
