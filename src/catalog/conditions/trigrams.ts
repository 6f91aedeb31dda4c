/** @file Groups of three letters as a condition. */
import { condition } from './condition.ts';
import { buckets } from './options.ts';

export const trigramsCondition = condition({
  name: 'trigrams',
  description: 'the groups of three letters of the words of a text, hashed, so that similar words have similar rows',
  citation: 'Huang et al. 2013 (letter trigrams); Bojanowski et al. 2017 (hashed)',
  options: { buckets },
  coding: (_, options) => ({ words: [], buckets: options.buckets }),
});
