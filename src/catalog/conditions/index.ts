/** @file Everything that a network can be conditioned on. */
import { classesCondition } from './classes.ts';
import { melCondition } from './mel.ts';
import { trigramsCondition } from './trigrams.ts';
import { wordsCondition } from './words.ts';
import { wordsTrigramsCondition } from './words-trigrams.ts';

export const conditions = [
  classesCondition,
  wordsCondition,
  trigramsCondition,
  wordsTrigramsCondition,
  melCondition,
] as const;
