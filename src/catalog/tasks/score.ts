/** @file The task of learning a score. */
import { task } from './task.ts';

export const scoreTask = task({
  name: 'score',
  description: 'the score of the data at all noise levels, to draw samples with',
  use: 'draws samples',
  citation: 'Song et al. 2021',
  objective: 'denoising',
});
