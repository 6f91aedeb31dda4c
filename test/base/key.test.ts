import { describe, expect, it } from 'vitest';
import { foldIn, key, split, threefryInto, type Key } from '../../src/base/key.ts';
import { bits } from '../../src/base/random.ts';

const threefry = (k: readonly [number, number], counter: readonly [number, number]): number[] => {
  const out = new Uint32Array(4);
  threefryInto(out.subarray(1, 3), k as unknown as Key, counter);
  expect([out[0], out[3]]).toEqual([0, 0]); // writes nowhere else
  return [...out.subarray(1, 3)];
};

describe('Threefry-2x32 with 20 rounds', () => {
  // The known answers of the Random123 library (kat_vectors, threefry2x32 20).
  it.each([
    { k: [0, 0], counter: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    { k: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
    { k: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], words: [0xc4923a9c, 0x483df7a0] },
  ] as const)('has the known answer of key $k', ({ k, counter, words }) => {
    expect(threefry(k, counter)).toEqual([...words]);
  });

  it('takes one counter after another, over the end of the words', () => {
    const some = new Uint32Array(6);
    threefryInto(some, key(7), [3, 0xfffffffe]);
    expect([...some]).toEqual([0xfffffffe, 0xffffffff, 0].flatMap((c1) => threefry([0, 7], [3, c1])));
  });

  it('maps counters one to one', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 64; i++) for (let j = 0; j < 64; j++) seen.add(threefry([1, 2], [i, j]).join());
    expect(seen.size).toBe(4096);
  });

  it('changes half of the bits when one bit of key or counter changes', () => {
    const bitsOf = (words: readonly number[]): number =>
      words.reduce((sum, word) => sum + word.toString(2).replaceAll('0', '').length, 0);
    let changed = 0;
    const n = 128 * 16;
    for (let i = 0; i < 16; i++)
      for (let bit = 0; bit < 128; bit++) {
        const words = [i, i + 1, 3 * i, 5];
        const other = words.map((word, w) => (w === bit >> 5 ? (word ^ (1 << (bit & 31))) >>> 0 : word));
        const [a, b] = [words, other].map(([k0, k1, c0, c1]) => threefry([k0!, k1!], [c0!, c1!]));
        changed += bitsOf(a!.map((word, w) => (word ^ b![w]!) >>> 0));
      }
    // n results of 64 fair bits: mean 32 with standard error sqrt(16 / n) = 0.088.
    expect(Math.abs(changed / n - 32)).toBeLessThan(4 * Math.sqrt(16 / n));
  });
});

describe('keys', () => {
  // jax.random.key_data(jax.random.split(jax.random.key(0), 2)), with jax_threefry_partitionable=True.
  it('split into the keys of JAX', () => {
    expect(split(key(0), 2)).toEqual([[1797259609, 2579123966], [928981903, 3453687069]]); // prettier-ignore
  });

  // jax.random.bits(jax.random.key(0), (8,), 'uint32'), and the first three words of (8,) of 'uint64', by JAX 0.10.
  it('give the two words whose pair is the 64-bit word of JAX and whose exclusive or is its 32-bit word', () => {
    const words32 = [4070199207, 4202968722, 1427181096, 2012915765, 2447653815, 710830403, 1332275837, 2961296638];
    const words64 = [0x6b20015999ba4efen, 0x375f238fcddb151dn, 0xf71f4ea9a20e4081n];
    const pairs = words32.map((_, i) => threefry(key(0), [0, i]) as [number, number]);
    expect(pairs.map(([a, b]) => (a ^ b) >>> 0)).toEqual(words32);
    expect(pairs.slice(0, 3).map(([a, b]) => (BigInt(a) << 32n) | BigInt(b))).toEqual(words64);
    expect([...bits(key(0), 16)]).toEqual(pairs.flat());
  });

  it('store a seed in two words', () => {
    expect(key(0)).toEqual([0, 0]);
    expect(key(2 ** 32 - 1)).toEqual([0, 0xffffffff]);
    expect(key(2 ** 33 + 5)).toEqual([2, 5]);
    expect(key(Number.MAX_SAFE_INTEGER)).toEqual([2 ** 21 - 1, 0xffffffff]);
    for (const seed of [-1, 0.5, NaN, 2 ** 53, Infinity]) expect(() => key(seed)).toThrow(RangeError);
  });

  it('do not depend on how many are split off', () => {
    expect(split(key(5), 3)).toEqual(split(key(5), 7).slice(0, 3));
    expect(split(key(5), 7)[4]).toEqual(foldIn(key(5), 4));
    expect(split(key(5), 0)).toEqual([]);
  });

  it('fold in numbers and names, in an order that matters', () => {
    expect(foldIn(key(0), 7)).toEqual([2716826189, 292468403]);
    // FNV-1a of 'a' and of 'foobar', from the authors' test vectors.
    expect(foldIn(key(0), 'a')).toEqual(foldIn(key(0), 0xe40c292c));
    expect(foldIn(key(0), 'foobar')).toEqual(foldIn(key(0), 0xbf9cf968));
    expect(foldIn(foldIn(key(0), 1), 2)).not.toEqual(foldIn(foldIn(key(0), 2), 1));
    const names = ['x', 'y', 'dropout', 'noise', 'time', '0', '1', ''];
    expect(new Set(names.map((name) => foldIn(key(0), name).join())).size).toBe(names.length);
  });

  it('refuse to fold in what is no 32-bit word', () => {
    for (const data of [-1, 0.5, NaN, 2 ** 32]) expect(() => foldIn(key(0), data)).toThrow(RangeError);
  });
});
