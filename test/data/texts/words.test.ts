import { expect, it } from 'vitest';
import { commonestWords, wordsOf } from '../../../src/data/texts/words.ts';

it('words are runs of letters and digits without case, each once', () => {
  expect(wordsOf('Smiling cat, with-heart_eyes; a CAT & 2 mice!')).toEqual(
    ['smiling', 'cat', 'with', 'heart', 'eyes', 'a', '2', 'mice'], // prettier-ignore
  );
  expect(wordsOf(' -- ')).toEqual([]);
  // A letter with its accent is one whether it is written as one sign or as two; so are letters that are written wide.
  expect(wordsOf('Ka\u0308se')).toEqual(wordsOf('KÄSE'));
  expect(wordsOf('ｒｅｄ')).toEqual(['red']);
});

it('the commonest words are counted by samples, and equally common ones are sorted', () => {
  const texts = [['red red red square', 'red thing'], ['blue square'], ['blue circle'], []];
  expect(commonestWords(texts, 10)).toEqual(['blue', 'square', 'circle', 'red', 'thing']);
  expect(commonestWords(texts, 3)).toEqual(['blue', 'square', 'circle']);
});
