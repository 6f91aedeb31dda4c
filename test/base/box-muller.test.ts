import { describe, expect, it } from 'vitest';
import { boxMullerInto } from '../../src/base/box-muller.ts';
import { bits } from '../../src/base/random.ts';
import { key } from '../../src/base/key.ts';

const most = 2 ** 32 - 1;

function pair(a: number, b: number): number[] {
  const out = new Float64Array(2);
  boxMullerInto(out, Uint32Array.of(a, b), { begin: 0, end: 2 });
  return [...out];
}

describe('the Box-Muller transform', () => {
  it('agrees with the functions of Math, at every magnitude and in every part of the circle', () => {
    const powers = Array.from({ length: 32 }, (_, k) => 2 ** k);
    // Where the argument of the logarithm is halved or comes close to 1, and where quarters of the circle begin.
    const edges = [0.5, Math.SQRT1_2, 1 / 8, 3 / 8, 5 / 8, 7 / 8].map((part) => Math.floor(part * 2 ** 32));
    const near = [...powers, ...edges].flatMap((word) => [word - 1, word, word + 1]);
    const some = [0, most, most - 1, ...near, ...bits(key(5), 200)];
    // Every entry of the tables, just before it begins and where it does.
    const parts = Array.from({ length: 256 }, (_, i) => i);
    const entries = parts.flatMap((i) => [2 ** 31 + i * 2 ** 23, 2 ** 31 + i * 2 ** 23 - 1]);
    const angles = parts.flatMap((i) => [i * 2 ** 24, (i * 2 ** 24 + 2 ** 23 - 1) % 2 ** 32]);
    const pairs = [
      ...some.map((a, i) => [a, some[(7 * i + 3) % some.length]!] as const),
      ...entries.map((a, i) => [a, angles[i]!] as const),
    ];
    for (const [a, b] of pairs) {
      const radius = Math.sqrt(-2 * Math.log((a + 0.5) / 2 ** 32));
      const angle = (2 * Math.PI * b) / 2 ** 32;
      const [cosine, sine] = pair(a, b) as [number, number];
      // The radius is at most 6.8; the angle of Math.cos is rounded to 4e-16.
      expect(Math.abs(cosine - radius * Math.cos(angle)), `${a} ${b}`).toBeLessThan(1e-14);
      expect(Math.abs(sine - radius * Math.sin(angle)), `${a} ${b}`).toBeLessThan(1e-14);
      // The radius alone, to its last digits even where it is small.
      expect(Math.abs(pair(a, 0)[0]! / radius - 1), `${a}`).toBeLessThan(1e-15);
    }
  });

  it('is exact on the axes', () => {
    const [radius = NaN] = pair(12345, 0);
    const quarters = [0, 1, 2, 3].map((n) => pair(12345, n * 2 ** 30));
    expect(quarters.map(([x, y]) => [x! / radius + 0, y! / radius + 0])).toEqual([[1, 0], [0, 1], [-1, 0], [0, -1]]); // prettier-ignore
  });

  it('writes only its range', () => {
    const out = new Float32Array(6).fill(9);
    boxMullerInto(out, Uint32Array.of(1, 2, 3, 4), { begin: 1, end: 4 });
    expect([...out]).toEqual([9, ...pair(1, 2).map(Math.fround), Math.fround(pair(3, 4)[0]!), 9, 9]);
  });
});
