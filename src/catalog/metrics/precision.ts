/** @file The part of samples that are like real ones. */
import { precision as measured } from '../../evaluate/neighborhoods.ts';
import { metric, mostPairs } from './metric.ts';

export const precision = metric({
  name: 'precision',
  title: 'precision',
  description: 'the part of the samples in the neighborhood of a reference sample (third nearest neighbor)',
  citation: 'Kynkäänniemi et al. 2019, eq. 2',
  better: 'real',
  most: mostPairs,
  measure: async ({ features: x }, { features: y }, { distances }) =>
    measured(await distances(x, y), await distances(y, y)),
});
