/** @file Texts as the rows of numbers that a network reads: which words they have, and which groups of three letters. */
import { nearest } from '../../base/suggest.ts';
import { wordsOf } from './words.ts';

/** How a text becomes a row. */
export interface TextCoding {
  /** Words with a column of their own; none for rows of trigrams alone. */
  readonly words: readonly string[];
  /** Columns that trigrams are hashed into; 0 for rows of words alone. */
  readonly buckets: number;
}

/** Columns of the rows of a coding. */
export function codingSize({ words, buckets }: TextCoding): number {
  return words.length + buckets;
}

/**
 * The row of a text, `[words + buckets]`: equal numbers in the columns of its words, and in those of the trigrams of all of its words.
 * Words and trigrams have sums of squares of 1, or of 1/2 each where a coding has both; those of none are zeros, so that a text of
 * which nothing is known is no text.
 */
export function textRow({ words, buckets }: TextCoding, text: string): Float32Array {
  const own = wordsOf(text);
  const row = new Float32Array(words.length + buckets);
  const share = words.length > 0 && buckets > 0 ? 1 / 2 : 1;
  const mark = (columns: ReadonlySet<number>): void => {
    for (const column of columns) row[column] = Math.sqrt(share / columns.size);
  };
  mark(new Set(own.map((word) => words.indexOf(word)).filter((column) => column >= 0)));
  if (buckets > 0) mark(new Set(own.flatMap(trigrams).map((trigram) => words.length + (hash(trigram) % buckets))));
  return row;
}

/** The groups of three letters of a word with its ends, `<` and `>`. */
function trigrams(word: string): readonly string[] {
  const letters = ['<', ...Array.from(word), '>'];
  return Array.from({ length: letters.length - 2 }, (_, i) => letters.slice(i, i + 3).join(''));
}

/** FNV-1a of the UTF-8 bytes, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** A word of a text that has no column. */
export interface UnknownWord {
  readonly word: string;
  /** The known word that is nearest to it, if one is near. */
  readonly meant?: string;
}

/** Words of a text that have no column; of trigrams alone, none are known or unknown. */
export function unknownWords({ words }: TextCoding, text: string): readonly UnknownWord[] {
  if (words.length === 0) return [];
  return wordsOf(text)
    .filter((word) => !words.includes(word))
    .map((word) => {
      // Short words are near to many.
      const meant = word.length < 3 ? undefined : nearest(word, words);
      return { word, ...(meant !== undefined && { meant }) };
    });
}
