/** @file What can be done with sets of text. */
import { sequenceOf, tokenSets, type TokenSet } from './token-set.ts';

/** A character as a message shows it: a sign that is seen as it is, others in quotes. */
export function shownCharacter(character: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? character : JSON.stringify(character);
}

/** Sequences of characters `[L]`. */
export const textSets = tokenSets({
  name: 'text',
  called: shownCharacter,
  alphabetOk: (alphabet) => alphabet.every((character) => Array.from(character).length === 1),
});

/** The text of a sample. */
export function textOf(set: TokenSet, row: number): string {
  return Array.from(sequenceOf(set, row), (token) => set.alphabet[token] ?? '').join('');
}
