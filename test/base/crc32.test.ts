import { crc32 as ofZlib } from 'node:zlib';
import { expect, it } from 'vitest';
import { crc32 } from '../../src/base/crc32.ts';

it('is the checksum of zlib', () => {
  for (const length of [0, 1, 2, 9, 255, 10_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 131) ^ (i >> 4));
    expect(crc32(bytes)).toBe(ofZlib(bytes));
  }
});
