/** @file Diffusion of tokens in discrete steps as a named objective. */
import * as v from 'valibot';
import { tokenNoises } from '../../discrete/token-noise.ts';
import { tokenSteps } from '../../score/objectives/tokens/steps.ts';
import { nonNegative, upTo } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';

export const d3pmObjective = objective({
  name: 'd3pm',
  description: 'the bound of a chain of noise steps on tokens, with cross-entropy',
  citation: 'Austin et al. 2021, eq. 5',
  task: 'token-model',
  options: {
    noise: withDefault(
      v.picklist(['uniform', 'absorbing', 'gaussian']),
      'uniform',
      'what noise turns a token into: any other one, a mask, or a near one of tokens with an order',
    ),
    steps: withDefault(upTo(10_000), 100, 'steps of noise', { unit: 'steps' }),
    crossEntropy: withDefault(nonNegative, 0.01, 'weight of the negative log probability of the clean tokens'),
    form: withDefault(
      v.picklist(['mixture', 'published']),
      'mixture',
      'how probabilities of clean tokens become a step: a mixture, which is best for the posterior, or the published product, which is best for the posterior without the token itself',
    ),
  },
  suits: { process: 'rectified-flow', parametrizations: ['velocity'], net: { timed: true } },
  build: ({ noise, steps, form, crossEntropy }, { tokens }) =>
    tokenSteps(tokenNoises[noise]({ tokens, steps }), { form, crossEntropy }),
  corruption: ({ noise, steps, form }, tokens) => ({
    kind: 'steps',
    noise: tokenNoises[noise]({ tokens, steps }),
    form,
  }),
});
