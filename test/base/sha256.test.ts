import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { portableSha256, sha256 } from '../../src/base/sha256.ts';

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 37) ^ (i >> 3));
const expected = (input: Uint8Array): string => createHash('sha256').update(input).digest('hex');

describe.each([
  ['with the hash of Node', sha256],
  ['without it', portableSha256],
])('SHA-256 %s', (_, hash) => {
  it('is that of the standard', () => {
    expect(hash(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(hash()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('is right for every length around the ends of blocks, and for a long input', () => {
    for (let length = 0; length < 200; length++) expect(hash(bytes(length))).toBe(expected(bytes(length)));
    expect(hash(bytes(1_000_003))).toBe(expected(bytes(1_000_003)));
  });

  it('does not depend on how the input is divided', () => {
    const whole = bytes(500);
    for (const size of [1, 7, 63, 64, 65, 128, 499]) {
      const parts = Array.from({ length: Math.ceil(500 / size) }, (_, i) => whole.subarray(i * size, (i + 1) * size));
      expect(hash(...parts, new Uint8Array(0))).toBe(expected(whole));
    }
  });
});
