/** @file The objective of a classifier as a named one. */
import { crossEntropy } from '../../score/objectives/cross-entropy.ts';
import { objective } from './objective.ts';

export const crossEntropyObjective = objective({
  name: 'cross-entropy',
  description: 'the negative log probability of the class of noised data',
  citation: 'Song et al. 2021, appendix I.1',
  task: 'classifier',
  options: {},
  build: (_loss, { process, classes }) => crossEntropy(process, { classes }),
});
