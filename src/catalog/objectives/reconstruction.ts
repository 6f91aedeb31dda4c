/** @file The objective of an autoencoder as a named one. */
import * as v from 'valibot';
import { reconstruction } from '../../score/objectives/reconstruction.ts';
import { nonNegative } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { objective } from './objective.ts';

export const reconstructionObjective = objective({
  name: 'reconstruction',
  description: 'how far decoded images are from what was encoded, and how much the latents say',
  citation: 'Kingma and Welling 2014; Rombach et al. 2022, section 3.1',
  task: 'autoencoder',
  options: {
    kl: withDefault(
      nonNegative,
      1e-5,
      'weight of the divergence of latents from a standard normal, in nats, beside the sum of the differences; 1e-6 to 1e-4 leave it small',
    ),
    distance: withDefault(
      v.picklist(['squared', 'absolute']),
      'squared',
      'differences between pixels that are added up: squared or absolute',
    ),
  },
  build: (options, { latent }) => reconstruction({ ...options, latent }),
});
