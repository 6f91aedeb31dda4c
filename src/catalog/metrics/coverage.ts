/** @file The part of the reference that has a sample near. */
import { coverage as measured, expectedCoverage } from '../../evaluate/neighborhoods.ts';
import { metric, mostPairs } from './metric.ts';

export const coverage = metric({
  name: 'coverage',
  title: 'coverage',
  description: 'the part of the reference in whose neighborhood a sample lies (fifth nearest neighbor)',
  citation: 'Naeem et al. 2020, eq. 4 and lemma 1',
  better: 'high',
  most: mostPairs,
  expected: (samples, reference) => expectedCoverage(samples, reference),
  measure: async ({ features: x }, { features: y }, { distances }) =>
    measured(await distances(x, y), await distances(y, y)),
});
