/** @file The words of texts as a condition. */
import { commonestWords } from '../../data/texts/words.ts';
import { condition } from './condition.ts';
import { words } from './options.ts';

export const wordsCondition = condition({
  name: 'words',
  description: 'the words that a text has, in any order: 1 / sqrt(n) in the columns of the n that are known',
  options: { words },
  coding: (texts, options) => ({ words: commonestWords(texts, options.words), buckets: 0 }),
});
