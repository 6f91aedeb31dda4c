import { describe, expect, it } from 'vitest';
import { codingSize, textRow, unknownWords, type TextCoding } from '../../../src/data/texts/text-coding.ts';

const words = ['red', 'blue', 'heart', 'cat'];
const ofWords: TextCoding = { words, buckets: 0 };
const ofTrigrams: TextCoding = { words: [], buckets: 512 };
const ofBoth: TextCoding = { words, buckets: 512 };

/** FNV-1a as its authors write it, in whole numbers of any size. */
function fnv1a(text: string): number {
  const hash = [...Buffer.from(text)].reduce(
    (value, byte) => ((value ^ BigInt(byte)) * 16777619n) % 2n ** 32n,
    2166136261n,
  );
  return Number(hash);
}

const squares = (row: Float32Array): number => row.reduce((sum, value) => sum + value * value, 0);

describe('the row of a text', () => {
  it('has 1 / sqrt(n) in the columns of its n known words', () => {
    expect(Array.from(textRow(ofWords, 'Cat in RED, with a heart'))).toEqual(
      [1, 0, 1, 1].map((one) => Math.fround(one / Math.sqrt(3))),
    );
    expect(Array.from(textRow(ofWords, 'red'))).toEqual([1, 0, 0, 0]);
  });

  it('has the trigrams of each word with its ends, hashed', () => {
    // The published hash of foobar.
    expect(fnv1a('foobar')).toBe(0xbf9cf968);
    const marked = ['<re', 'red', 'ed>', '<ö>'].map((trigram) => fnv1a(trigram) % 512);
    const row = textRow(ofTrigrams, 'red Ö');
    const found = [...row.keys()].filter((column) => row[column] !== 0);
    expect(found).toEqual([...marked].sort((a, b) => a - b));
    for (const column of found) expect(row[column]).toBe(0.5);
  });

  it('has squares that sum to 1, of which words and trigrams have half each', () => {
    for (const coding of [ofWords, ofTrigrams, ofBoth]) {
      const row = textRow(coding, 'red cat');
      expect(row).toHaveLength(codingSize(coding));
      // Rounding to float32 of a few numbers.
      expect(squares(row)).toBeCloseTo(1, 6);
    }
    const row = textRow(ofBoth, 'red cat');
    expect(squares(row.subarray(0, 4))).toBeCloseTo(0.5, 6);
    expect(squares(textRow(ofBoth, 'purple').subarray(0, 4))).toBe(0);
  });

  it('is of zeros where nothing is known', () => {
    expect(squares(textRow(ofWords, 'purple dog'))).toBe(0);
    expect(squares(textRow(ofBoth, ' ! '))).toBe(0);
  });
});

it('unknown words are listed with the known one that is near', () => {
  expect(unknownWords(ofWords, 'red hert of dogs')).toEqual([
    { word: 'hert', meant: 'heart' },
    { word: 'of' },
    { word: 'dogs' },
  ]);
  expect(unknownWords(ofBoth, 'red cat')).toEqual([]);
  expect(unknownWords(ofTrigrams, 'anything')).toEqual([]);
});
