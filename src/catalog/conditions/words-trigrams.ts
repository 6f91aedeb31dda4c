/** @file Words and groups of three letters as a condition. */
import { commonestWords } from '../../data/texts/words.ts';
import { condition } from './condition.ts';
import { buckets, words } from './options.ts';

export const wordsTrigramsCondition = condition({
  name: 'words-trigrams',
  description: 'words and trigrams side by side: rare words have at least their letters',
  options: { words, buckets },
  coding: (texts, options) => ({ words: commonestWords(texts, options.words), buckets: options.buckets }),
});
