/** @file Mean matching as a named objective. */
import { twoWayTimes } from '../../bridge/paths.ts';
import { meanMatching } from '../../score/objectives/mean-matching.ts';
import { bridgeInput } from '../../sde/learning/bridge-input.ts';
import { upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { referenceVariance } from './bridge-matching.ts';
import { objective } from './objective.ts';

/** Steps of a chain unless others are asked for. */
export const defaultChain = 20;

export const meanMatchingObjective = objective({
  name: 'mean-matching',
  description: 'the means of the steps of a chain that is turned round, from its paths, for `bridge`',
  citation: 'De Bortoli et al. 2021, proposition 3',
  task: 'bridge',
  options: {
    epsilon: referenceVariance,
    steps: withDefault(upTo(1000), defaultChain, 'steps of the chain'),
  },
  suits: { process: 'rectified-flow', parametrizations: ['velocity'] },
  parametrization: ({ epsilon }) => bridgeInput(epsilon),
  noise: ({ epsilon, steps }) => `Brownian, of variance ${epsilon} in ${steps} steps`,
  path: ({ steps }) => twoWayTimes(steps),
  build: ({ epsilon, steps }, { process }) => meanMatching(process, { epsilon, times: twoWayTimes(steps) }),
});
