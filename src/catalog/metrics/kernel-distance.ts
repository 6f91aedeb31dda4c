/** @file The kernel distance of features. */
import { kernelDistance as measured } from '../../evaluate/mmd.ts';
import { metric, mostPairs } from './metric.ts';

export const kernelDistance = metric({
  name: 'kernel-distance',
  title: 'kernel distance',
  description: 'squared maximum mean discrepancy with a cubic kernel, without bias (KID of Inception features)',
  citation: 'Bińkowski et al. 2018, section 4',
  better: 'low',
  most: mostPairs,
  expected: () => 0,
  measure: ({ features: x }, { features: y }, { product }) => measured(x, y, product),
});
