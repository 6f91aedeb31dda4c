/** @file The task of telling the classes of noised data apart. */
import { classifierInput } from '../../sde/learning/classifier-input.ts';
import { task } from './task.ts';

export const classifierTask = task({
  name: 'classifier',
  description: 'the class of noised data, for `sample --classifier`',
  use: 'a classifier',
  citation: 'Song et al. 2021, appendix I.1',
  network: 'classifier',
  objective: 'cross-entropy',
  labels: true,
  parametrization: classifierInput,
});
