/** @file The task of learning one direction of a bridge between two sets. */
import { task } from './task.ts';

export const bridgeTask = task({
  name: 'bridge',
  description: 'the drift that carries the samples of one set to those of another, as `bridge` trains it',
  use: 'carries samples to those of another set',
  citation: 'De Bortoli et al. 2021; Shi et al. 2023',
  objective: 'bridge-matching',
  networks: 'score',
});
