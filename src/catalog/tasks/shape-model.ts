/** @file The task of learning shapes, each by a latent of its own. */
import { task } from './task.ts';

export const shapeModelTask = task({
  name: 'shape-model',
  description:
    'the score of the points of shapes given a latent of each, and the score of the latents, to draw shapes of any number of points',
  use: 'draws shapes',
  citation: 'Cai et al. 2020',
  objective: 'shape-gf',
  ofKind: true,
});
