import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64Of } from '../../src/base/base64.ts';

it('writes base64 as Node does, of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
  const long = Uint8Array.from({ length: 3 * 2 ** 13 + 5 }, (_, i) => (i * 7) % 256);
  expect(base64Of(long)).toBe(Buffer.from(long).toString('base64'));
});
