/** @file What is asked for in words, as what a model reads. */
import { checkOptions } from '../base/check.ts';
import { textRow, unknownWords, type UnknownWord } from '../data/texts/text-coding.ts';
import type { TrainedModel } from './trained.ts';

/** Texts as a model reads them. */
export interface TextRows {
  /** The row of each text, `[K]`; of a text of which the model knows nothing, zeros. */
  readonly rows: readonly Float32Array[];
  /** Words of all texts that the model does not know, each once. */
  readonly unknown: readonly UnknownWord[];
}

/**
 * The rows of texts.
 * @throws ConfigError if the model knows no texts.
 */
export function textRows({ data: { texts: coding, classes } }: TrainedModel, texts: readonly string[]): TextRows {
  if (coding === undefined) {
    const instead = classes === undefined ? 'train one with --condition words' : 'it knows classes; ask for a class';
    checkOptions([false, 'text', `this run knows no texts; ${instead}`]);
    return { rows: [], unknown: [] };
  }
  const unknown = new Map(texts.flatMap((text) => unknownWords(coding, text)).map((one) => [one.word, one]));
  return { rows: texts.map((text) => textRow(coding, text)), unknown: [...unknown.values()] };
}

/** A sentence on words that a model does not know; undefined if it knows all. */
export function unknownText(unknown: readonly UnknownWord[], letters: boolean): string | undefined {
  if (unknown.length === 0) return undefined;
  const words = unknown.map(({ word, meant }) => (meant === undefined ? word : `${word} (did you mean ${meant}?)`));
  const taken = letters ? 'taken by their letters alone' : 'passed over';
  return `words that the run does not know, ${taken}: ${words.join(', ')}`;
}
