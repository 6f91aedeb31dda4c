import { describe, expect, it } from 'vitest';
import { fromFloat16, toFloat16 } from '../../src/io/float16.ts';

const all = Array.from({ length: 65_536 }, (_, bits) => bits);
const isNumber = (bits: number): boolean => !Number.isNaN(fromFloat16(bits));
/** Numbers of half precision from 0 to infinity are in the order of their bits. */
const positive = all.slice(0, 0x7c00);

describe('half precision', () => {
  it('gives back every number, and NaN for NaN', () => {
    const wrong = all.filter((bits) => isNumber(bits) && toFloat16(fromFloat16(bits)) !== bits);
    expect(wrong).toEqual([]);
    expect(all.filter((bits) => !isNumber(bits))).toHaveLength(2 * 1023);
    expect(isNumber(toFloat16(NaN))).toBe(false);
  });

  it('rounds to the nearest, between all neighbors of both signs', () => {
    for (const bits of positive) {
      const low = fromFloat16(bits);
      // The place after the largest number counts as one more of its own spacing.
      const high = bits === 0x7bff ? 65_536 : fromFloat16(bits + 1);
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const near = 2 ** -20 * (high - low);
      const found = [middle - near, middle, middle + near].map(toFloat16);
      if (found.join() !== [bits, even, bits + 1].join()) expect.fail(`above ${low}: ${found.join()}`);
      const below = [near - middle, -middle, -middle - near].map(toFloat16);
      if (below.join() !== [bits, even, bits + 1].map((b) => b | 0x8000).join()) expect.fail(`below -${low}`);
    }
  });

  it('rounds correctly at both ends of its range', () => {
    const cases: readonly (readonly [number, number])[] = [
      [0, 0],
      [-0, 0x8000],
      [2 ** -25, 0],
      [2 ** -24, 1],
      [2 ** -14, 0x400],
      [1, 0x3c00],
      [65_504, 0x7bff],
      [65_519.99, 0x7bff],
      [65_520, 0x7c00],
      [3e38, 0x7c00],
      [-Infinity, 0xfc00],
    ];
    for (const [value, bits] of cases) expect(toFloat16(value), String(value)).toBe(bits);
  });
});
