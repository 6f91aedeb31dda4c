import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { loadBatch } from '../../src/data/batch.ts';
import { scalerOf } from '../../src/data/dataset.ts';
import { textOf } from '../../src/data/kinds/text.ts';
import { readText, textSet } from '../../src/data/tokens/text-file.ts';
import { put, temporaryFolder } from './fixtures.ts';

const words = 'the cat sat on the mat. '.repeat(20);

describe('a text', () => {
  it('is every sequence of its characters, of which the last tenth is kept out', () => {
    const [train, test, whole] = [
      textSet(words, 'words', { length: 16 }),
      textSet(words, 'words', { length: 16, split: 'test' }),
      textSet(words, 'words', { length: 16, whole: true }),
    ];
    expect(textOf(train, 3)).toBe(words.slice(3, 19));
    expect(train.tokens.length + test.tokens.length).toBe(words.length);
    expect(textOf(test, test.count - 1)).toBe(words.slice(-16));
    expect(whole.count).toBe(words.length - 15);
    expect(train.alphabet.join('')).toBe(' .acehmnost');
  });

  it('is numbered as the model has learned it, and refused where it has other characters', () => {
    const scaler = scalerOf(textSet(words, 'words', { length: 16 }));
    const other = textSet('a mat on the cat', 'other', { length: 16, whole: true });
    const numbers = Array.from(loadBatch(other, scaler, [0], key(0)));
    expect(numbers.map((k) => ' .acehmnost'[k]).join('')).toBe('a mat on the cat');
    const strange = textSet('the CAT sat on €', 'strange', { length: 16, whole: true });
    expect(() => loadBatch(strange, scaler, [0], key(0))).toThrow(/found A, C, T, € in strange; leave them out/);
  });

  it.each([
    ['empty.txt', new Uint8Array(0), 'expected text, found an empty file'],
    ['zero.txt', Uint8Array.of(97, 0, 98), 'expected text, found bytes that are none'],
    ['latin.txt', Uint8Array.of(97, 0xe9, 98), 'convert it with iconv'],
    ['short.txt', new TextEncoder().encode('too short'), 'expected at least 640 characters for samples of 64'],
    [
      'many.txt',
      new TextEncoder().encode(String.fromCodePoint(...Array.from({ length: 900 }, (_, i) => 0x4e00 + i))),
      'expected at most 255 different characters, found 900',
    ],
  ])('is refused in a sentence: %s', async (name, bytes, message) => {
    const file = await put(temporaryFolder(), name, bytes);
    expect(() => readText(file)).toThrow(message);
  });

  it('of one character alone is not learned, in a sentence', () => {
    const set = textSet('a'.repeat(700), 'same.txt');
    expect(() => scalerOf(set)).toThrow('expected tokens that differ, found that all of same.txt are a');
  });

  it('is not read where there is none, or it is too large', () => {
    expect(() => readText(join(temporaryFolder(), 'none.txt'))).toThrow('cannot be read');
  });
});
