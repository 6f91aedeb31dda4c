/** @file How densely samples lie where real ones are. */
import { density as measured } from '../../evaluate/neighborhoods.ts';
import { metric, mostPairs } from './metric.ts';

export const density = metric({
  name: 'density',
  title: 'density',
  description: 'neighborhoods of the reference that a sample lies in, over their expectation (fifth nearest neighbor)',
  citation: 'Naeem et al. 2020, eq. 3',
  better: 'real',
  most: mostPairs,
  expected: () => 1,
  measure: async ({ features: x }, { features: y }, { distances }) =>
    measured(await distances(x, y), await distances(y, y)),
});
