/** @file The Fréchet distance less its bias. */
import { frechetLessBias as measured } from '../../evaluate/frechet-bias.ts';
import { metric } from './metric.ts';

export const frechetLessBias = metric({
  name: 'frechet-less-bias',
  title: 'FD less its predicted bias',
  description: 'the Fréchet distance less the bias that the covariances of both sets predict',
  better: 'low',
  expected: () => 0,
  measure: ({ features: x }, { features: y }) => Promise.resolve(measured(x, y)),
});
