/** @file Text files as sets of sequences of characters. */
import { basename } from 'node:path';
import { ConfigError, FileError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { shownCharacter, textSets } from '../kinds/text.ts';
import { mostTokens, type TokenSet } from '../kinds/token-set.ts';
import { partOf, type PartOptions } from './parts.ts';

/** Characters of a sample unless another number is asked for. */
const defaultTextLength = 64;

/** The largest text that is read: 64 MiB. */
const mostBytes = 2 ** 26;

/** How a text is read. */
export interface TextOptions extends PartOptions {
  /** L, characters of a sample. Default 64. */
  readonly length?: number | undefined;
}

/**
 * A text file as the set of all sequences of L characters in it, each character a token.
 * @throws FileError if it cannot be read, is larger than 64 MiB, is empty, or is no text in UTF-8.
 * @throws ConfigError if it is too short or has too many different characters.
 */
export function readText(path: string, options: TextOptions = {}): TokenSet {
  return textSet(decoded(readRegularFile(path, { maxBytes: mostBytes }), path), basename(path), options);
}

/** A text as the set of all sequences of L characters in it. */
export function textSet(
  text: string,
  name: string,
  { length = defaultTextLength, ...part }: TextOptions = {},
): TokenSet {
  const characters = Array.from(text);
  const alphabet = [...new Set(characters)].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0));
  if (alphabet.length > mostTokens)
    throw new ConfigError([
      {
        path: 'data',
        message: `expected at most ${mostTokens} different characters, found ${alphabet.length} in ${name}; leave out what is rare, such as ${rarest(characters)}`,
      },
    ]);
  const numbers = new Map(alphabet.map((character, k) => [character, k] as const));
  const { begin, end } = partOf(characters.length, length, { ...part, name, unit: 'characters' });
  const tokens = Uint8Array.from(characters.slice(begin, end), (character) => numbers.get(character) ?? 0);
  return { operations: textSets, name, count: tokens.length - length + 1, length, alphabet, tokens };
}

/** The text of bytes, with the line ends of Unix. */
function decoded(bytes: Uint8Array, path: string): string {
  if (bytes.length === 0) throw new FileError(path, 'expected text, found an empty file');
  if (bytes.includes(0))
    throw new FileError(path, 'expected text, found bytes that are none; is this another kind of file?');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch (cause) {
    throw new FileError(path, 'expected text in UTF-8, found other bytes; convert it with iconv -t utf-8', { cause });
  }
}

function rarest(characters: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of characters) counts.set(one, (counts.get(one) ?? 0) + 1);
  const rare = [...counts].sort(([, a], [, b]) => a - b).slice(0, 3);
  return rare.map(([character]) => shownCharacter(character)).join(' ');
}
