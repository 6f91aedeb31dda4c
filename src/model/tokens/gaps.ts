/** @file A text with gaps as tokens. */
import { ConfigError } from '../../base/errors.ts';
import { shownCharacter } from '../../data/kinds/text.ts';
import type { Gaps, TokenModel } from './token-model.ts';

/** What stands for a character that is missing. */
const gap = '_';

/** Gaps with the number of characters of the text, which may be fewer than a sequence has. */
export type TextGaps = Gaps & { readonly fill: readonly number[]; readonly length: number };

/**
 * A text in which `_` stands for each character that is missing. What comes after the text is unknown too, and is left so.
 * @throws ConfigError if nothing is missing, the text is longer than the sequences of the model, or a character is none that it knows.
 */
export function gapsOf(text: string, { alphabet, length }: Pick<TokenModel, 'alphabet' | 'length'>): TextGaps {
  const characters = Array.from(text);
  const issue = (message: string): ConfigError => new ConfigError([{ path: 'text', message }]);
  if (characters.length > length)
    throw issue(`expected at most ${length} characters, as the samples of the model have, got ${characters.length}`);
  const fill = characters.flatMap((character, i) => (character === gap ? [i] : []));
  if (fill.length === 0) throw issue(`expected ${gap} where characters are missing, got none`);
  const unknown = characters.filter((character) => character !== gap && !alphabet.includes(character));
  if (unknown.length > 0) {
    const some = [...new Set(unknown)].slice(0, 5).map(shownCharacter).join(' ');
    throw issue(`expected characters of the text that the model has learned, got ${some}`);
  }
  const tokens = Array.from({ length }, (_, i) => {
    const character = characters[i];
    return character === undefined || character === gap ? alphabet.length : alphabet.indexOf(character);
  });
  return { tokens, fill, length: characters.length };
}
