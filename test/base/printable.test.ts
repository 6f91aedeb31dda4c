import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableLines } from '../../src/base/printable.ts';

describe('printable', () => {
  it('leaves words of every language and pictures as they are', () => {
    for (const text of ['', 'two moons', 'Hüte & Schuhe', 'обувь', '靴子', 'حذاء', '👩‍💻', 'a\\u001b'])
      expect(printable(text)).toBe(text);
  });

  it('writes what a terminal would act on as JSON does', () => {
    expect(printable('a\x1b[2Jb')).toBe('a\\u001b[2Jb');
    expect(printable('\x9b31m\x07\r\n\t\x7f')).toBe('\\u009b31m\\u0007\\u000d\\u000a\\u0009\\u007f');
    expect(printable('\u202egnp.exe\u2066')).toBe('\\u202egnp.exe\\u2066');
    expect(printable('\ud800x\udc00')).toBe('\\ud800x\\udc00');
    expect(printableLines('one\ntwo\x1b[A\n')).toBe('one\ntwo\\u001b[A\n');
  });

  it('leaves nothing to act on, and keeps the value of a JSON text', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, (any) => {
        expect(printable(any)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028-\u202e]/);
        expect(JSON.parse(printable(JSON.stringify({ any })))).toEqual({ any });
      }),
    );
  });

  it('is cut at a given length', () => {
    expect(printable('abcdefgh', { longest: 6 })).toBe('abc...');
    expect(printable('abcdef', { longest: 6 })).toBe('abcdef');
  });
});
