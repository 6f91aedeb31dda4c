/** @file The task of learning latents of images, which are fewer numbers than their pixels. */
import { task } from './task.ts';

export const autoencoderTask = task({
  name: 'autoencoder',
  description: 'latents of images and the way back, for `train --latent`',
  use: 'latents for `train --latent`',
  citation: 'Rombach et al. 2022',
  network: 'autoencoder',
  objective: 'reconstruction',
  train: { optimizer: 'muon', batch: 32, learningRate: 1e-2, warmup: 50, decay: 'cosine' },
});
