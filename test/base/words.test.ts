import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastPart, shellCommand, shellWord, shortened } from '../../src/base/words.ts';

describe('a command to be typed', () => {
  it('has quotes only where a shell needs them', () => {
    expect(shellCommand('scorefield', 'sample', 'runs/mine', '--eta', '0.5')).toBe(
      'scorefield sample runs/mine --eta 0.5',
    );
    expect(shellWord('bilder #1')).toBe("'bilder #1'");
    expect(shellWord("it's")).toBe(`'it'\\''s'`);
    for (const word of ['', '~', '$HOME', 'a b', '*', 'a;b', '[1]', 'grün']) expect(shellWord(word)).toBe(`'${word}'`);
  });

  it.skipIf(process.platform === 'win32')('is read by a shell as the words that it is made of', () => {
    const word = fc.string({ unit: 'binary-ascii', maxLength: 12 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        const read = execFileSync('sh', ['-c', `printf '%s\\0' ${shellCommand(...words)}`], { encoding: 'utf8' });
        expect(read.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 40 },
    );
  });
});

describe('names', () => {
  it('are the last parts of paths', () => {
    expect(['two-moons', '/a/b c.npz', '/a/b/', 'C:\\data\\x.npy', './x', '/'].map(lastPart)).toEqual([
      ...['two-moons', 'b c.npz', 'b', 'x.npy', 'x', '/'],
    ]);
  });

  it('are cut in the middle where they are long', () => {
    expect(shortened('short', 5)).toBe('short');
    expect(shortened('a-long-name-of-data.npz', 11)).toBe('a-lon…a.npz');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
        const cut = shortened(text, most);
        expect(Array.from(cut).length).toBe(Math.min(Array.from(text).length, most));
        expect(cut).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
