/** @file The Fréchet distance of endlessly many samples. */
import { frechetLimit as measured } from '../../evaluate/frechet-bias.ts';
import { metric } from './metric.ts';

export const frechetLimit = metric({
  name: 'frechet-limit',
  title: 'FD of endlessly many samples',
  description: 'the Fréchet distance on the line through that of both sets and that of their halves',
  citation: 'Chong and Forsyth 2020, section 3',
  better: 'low',
  expected: () => 0,
  measure: ({ features: x }, { features: y }) => Promise.resolve(measured(x, y)),
});
