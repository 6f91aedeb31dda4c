/** @file Masked diffusion as a named objective. */
import * as v from 'valibot';
import { maskSchedules } from '../../discrete/masked.ts';
import { maskedTokens } from '../../score/objectives/tokens/masked.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';

export const maskedObjective = objective({
  name: 'masked',
  description: 'the continuous bound of masked diffusion, the negative log probability of masked tokens',
  citation: 'Sahoo et al. 2024, eq. 10; Shi et al. 2024, eq. 5',
  task: 'token-model',
  options: {
    schedule: withDefault(
      v.picklist(['linear', 'cosine']),
      'linear',
      'how the share of the tokens that are kept falls: 1 - t, or 1 - cos(pi (1 - t) / 2)',
    ),
  },
  suits: { process: 'rectified-flow', parametrizations: ['velocity'] },
  build: ({ schedule }, { tokens }) => maskedTokens(maskSchedules[schedule], { tokens }),
  corruption: ({ schedule }) => ({ kind: 'masked', schedule: maskSchedules[schedule] }),
});
