/** @file How many different samples there are. */
import { vendiScore as measured } from '../../evaluate/vendi.ts';
import { metric, mostPairs } from './metric.ts';

export const vendiScore = metric({
  name: 'vendi-score',
  title: 'Vendi score',
  description: 'the number of different samples, by the cosines of their features',
  citation: 'Friedman and Dieng 2023, definition 3.1',
  better: 'real',
  most: mostPairs,
  measure: ({ features }) => Promise.resolve(measured(features)),
});
