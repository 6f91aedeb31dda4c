/** @file The objective of autoencoder and score at once as a named one. */
import * as v from 'valibot';
import { lsgm } from '../../score/objectives/lsgm.ts';
import { crossEntropyTimes, type CrossEntropyKind } from '../../sde/learning/cross-entropy-times.ts';
import { positive } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';

const kinds = Object.keys(crossEntropyTimes) as readonly CrossEntropyKind[];

export const lsgmObjective = objective({
  name: 'lsgm',
  description:
    'the bound of the log likelihood by which the autoencoder of `--latent` and the score of its latents are trained together',
  citation: 'Vahdat, Kreis and Kautz 2021, eq. 8',
  task: 'score',
  joint: true,
  // A network whose last layer is zero has the score of normal latents by these: the mixed score of the paper.
  suits: { process: 'edm', parametrizations: ['edm', 'v'] },
  options: {
    crossEntropy: withDefault(
      v.picklist(kinds),
      'll-iw',
      'times of the cross entropy of latents, and the weights of the score there; the bound is the same with all',
    ),
    kl: withDefault(positive, 1, 'factor of the divergence of latents from their prior; 1 is the bound'),
  },
  build: ({ crossEntropy, kl }, { process, latent }) => lsgm(process, { weighting: crossEntropy, kl, latent }),
});
