/** @file The part of the reference that samples are like. */
import { recall as measured } from '../../evaluate/neighborhoods.ts';
import { metric, mostPairs } from './metric.ts';

export const recall = metric({
  name: 'recall',
  title: 'recall',
  description: 'the part of the reference in the neighborhood of a sample (third nearest neighbor)',
  citation: 'Kynkäänniemi et al. 2019, eq. 2',
  better: 'real',
  most: mostPairs,
  measure: async ({ features: x }, { features: y }, { distances }) =>
    measured(await distances(x, y), await distances(x, x)),
});
