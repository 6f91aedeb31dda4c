/** @file How often a classifier distinguishes samples from real ones. */
import { classifierTest as measured } from '../../evaluate/classifier-test.ts';
import { metric, mostPairs } from './metric.ts';

export const classifierTest = metric({
  name: 'classifier-test',
  title: 'accuracy of nearest neighbors',
  description: 'how often nearest neighbors distinguish samples from the reference, with the probability by chance',
  citation: 'Lopez-Paz and Oquab 2017, section 3',
  better: 'low',
  most: mostPairs,
  expected: () => 0.5,
  measure: async ({ features: x }, { features: y }, { distances }) =>
    measured({ between: await distances(x, y), inSamples: await distances(x, x), inReference: await distances(y, y) }),
});
