/** @file The texts of a batch for a conditional network; some are left out. */
import { foldIn, type Key } from '../base/key.ts';
import { indexOf, uniform } from '../base/random.ts';
import type { Labeled } from '../data/dataset.ts';
import { codingSize, textRow, type TextCoding } from '../data/texts/text-coding.ts';
import { wordsOf, type Texts } from '../data/texts/words.ts';
import { conditionRows, type Given } from '../score/models/condition-rows.ts';

/** What conditional training leaves out. */
interface LeftOut {
  readonly coding: TextCoding;
  /** Share of the samples that have no text. */
  readonly dropout: number;
  /** Samples that have none in any case. None by default. */
  readonly hidden?: ((row: number) => boolean) | undefined;
  /** Share of the words of a text that are left out of it. */
  readonly wordDropout?: number | undefined;
  readonly key: Key;
}

/**
 * The rows of texts of samples: of each sample one of its texts, each as likely, left out with probability `dropout`, and else each of its
 * words with probability `wordDropout`: `[rows.length, K]`.
 * @see Ho and Salimans 2022, "Classifier-free diffusion guidance", algorithm 1
 */
export function conditionalTexts(
  texts: Texts,
  rows: readonly number[],
  { coding, dropout, hidden = () => false, wordDropout = 0, key }: LeftOut,
): Float32Array {
  const left = uniform(foldIn(key, 'dropout'), rows.length);
  const which = uniform(foldIn(key, 'text'), rows.length);
  const given = rows.map((row, i) => {
    const own = texts[row] ?? [];
    const text = own[indexOf(which[i] ?? 0, own.length)];
    if (text === undefined || (left[i] ?? 0) < dropout || hidden(row)) return undefined;
    if (wordDropout === 0) return textRow(coding, text);
    const words = wordsOf(text);
    const u = uniform(foldIn(foldIn(key, 'words'), i), words.length);
    return textRow(coding, words.filter((_, k) => (u[k] ?? 0) >= wordDropout).join(' '));
  });
  return conditionRows(given, codingSize(coding));
}

/**
 * What samples of a set are conditioned on, without any left out: the first text of each with a coding, else the class of each.
 * @returns undefined if the set has none
 */
export function givenOf({ labels, texts }: Labeled, rows: readonly number[], coding?: TextCoding): Given | undefined {
  if (coding === undefined) return labels && rows.map((row) => labels[row]);
  const rowOf = ([text]: readonly string[] = []): Float32Array | undefined =>
    text === undefined ? undefined : textRow(coding, text);
  return texts && rows.map((row) => rowOf(texts[row]));
}
