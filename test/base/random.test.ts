import { describe, expect, it } from 'vitest';
import { foldIn, key, split } from '../../src/base/key.ts';
import {
  bits,
  indexOf,
  normal,
  normalBatch,
  normalInto,
  permutation,
  rademacher,
  stratified,
  uniform,
} from '../../src/base/random.ts';
import { chiSquare, kolmogorovSmirnov, normalCdf, standardErrors } from './statistics.ts';

/** Draws of every statistical test below: one in a thousand seeds would fail a test. */
const n = 20000;
const words = [1797259609, 2579123966, 928981903, 3453687069, 4146024105];

describe('the first draws of seed 0', () => {
  it('are the words of Threefry in order', () => {
    expect([...bits(key(0), 5)]).toEqual(words);
    expect([...bits(key(0), 0)]).toEqual([]);
  });

  it('are these, on every machine', () => {
    expect([...uniform(key(0), 5)]).toEqual(words.map((word) => (word + 0.5) / 2 ** 32));
    const normals = [
      -1.0654524243856716, -0.7792129888674001, 0.5836949547036792, -1.649703040431521, -0.17815361689511008,
    ];
    expect([...normal(key(0), 5)]).toEqual(normals);
    expect([...rademacher(key(0), 12)]).toEqual([1, -1, 1, 1, 1, 1, 1, -1, 1, -1, -1, 1]);
    expect([...permutation(key(0), 10)]).toEqual([2, 9, 0, 5, 6, 3, 8, 7, 4, 1]);
  });

  it('do not depend on how many follow', () => {
    for (const draw of [uniform, normal, rademacher, bits])
      for (const k of [1, 2, 7]) expect([...draw(key(3), 8)].slice(0, k)).toEqual([...draw(key(3), k)]);
  });
});

describe('uniform numbers', () => {
  const sample = uniform(key(11), n);

  it('are uniform and lie inside (0, 1)', () => {
    expect(sample.every((u) => u > 0 && u < 1)).toBe(true);
    expect(kolmogorovSmirnov(sample, (u) => u)).toBeLessThan(1.95);
    expect(standardErrors(sample, (u) => u, { mean: 1 / 2, variance: 1 / 12 })).toBeLessThan(4);
    expect(standardErrors(sample, (u) => (u - 0.5) ** 2, { mean: 1 / 12, variance: 1 / 180 })).toBeLessThan(4);
  });

  it('are uncorrelated with their neighbors and with those of the next key', () => {
    const other = uniform(foldIn(key(11), 0), n);
    const centered = (u: number): number => u - 0.5;
    const products = [1, 2].map((lag) => sample.subarray(lag).map((u, i) => centered(u) * centered(sample[i]!)));
    const across = sample.map((u, i) => centered(u) * centered(other[i]!));
    for (const product of [...products, across])
      expect(standardErrors(product, (p) => p, { mean: 0, variance: 1 / 144 })).toBeLessThan(4);
  });
});

describe('normal numbers', () => {
  const sample = normal(key(12), n);

  it('are normal, with the moments 0, 1, 0, 3', () => {
    expect(kolmogorovSmirnov(sample, normalCdf)).toBeLessThan(1.95);
    // Variances of z^k: E z^2k - (E z^k)^2 = 1, 2, 15, 96.
    const moments = [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] as const;
    for (const [power, mean, variance] of moments)
      expect(standardErrors(sample, (z) => z ** power, { mean, variance })).toBeLessThan(4);
  });

  it('are the Box-Muller transform of the words, however many there are', () => {
    const [many, odd] = [2 ** 11, 1027];
    const pairs = bits(key(13), many);
    const expected = Float64Array.from({ length: many }, (_, i) => {
      const [first, second] = [pairs[i - (i % 2)]!, pairs[i - (i % 2) + 1]!];
      const angle = (2 * Math.PI * second) / 2 ** 32;
      return Math.sqrt(-2 * Math.log((first + 0.5) / 2 ** 32)) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    });
    const found = normal(key(13), many);
    found.forEach((z, i) => expect(z).toBeCloseTo(expected[i]!, 13));
    expect(normal(key(13), odd)).toEqual(found.subarray(0, odd));
    expect(normalBatch([key(12), key(13)], [odd]).data.subarray(odd)).toEqual(found.subarray(0, odd));
  });

  it('are independent within a pair of words and between keys', () => {
    const pairs = Float64Array.from({ length: n / 2 }, (_, i) => sample[2 * i]! * sample[2 * i + 1]!);
    const squares = pairs.map((p) => p * p);
    expect(standardErrors(pairs, (p) => p, { mean: 0, variance: 1 })).toBeLessThan(4);
    expect(standardErrors(squares, (p) => p, { mean: 1, variance: 8 })).toBeLessThan(4);
    const other = normal(foldIn(key(12), 0), n).map((z, i) => z * sample[i]!);
    expect(standardErrors(other, (p) => p, { mean: 0, variance: 1 })).toBeLessThan(4);
  });

  it('fill float32 and float64 arrays of any length alike', () => {
    for (const length of [0, 1, 2, 5]) {
      const narrow = new Float32Array(length);
      normalInto(narrow, key(9));
      expect([...narrow]).toEqual([...normal(key(9), length)].map(Math.fround));
    }
  });
});

describe('a batch of noise', () => {
  it('has rows that depend on their own key alone', () => {
    const keys = split(key(1), 5);
    const batch = normalBatch(keys, [3, 2]);
    expect(batch.shape).toEqual([5, 3, 2]);
    keys.forEach((k, i) => expect([...batch.data.subarray(6 * i, 6 * i + 6)]).toEqual([...normal(k, 6)]));
    expect(normalBatch(keys.slice(3), [3, 2]).data).toEqual(batch.data.subarray(18));
    expect(normalBatch([], [3, 2])).toEqual({ shape: [0, 3, 2], data: new Float64Array() });
  });
});

describe('random signs', () => {
  it('are fair and independent', () => {
    const signs = rademacher(key(14), n);
    expect(new Set(signs)).toEqual(new Set([1, -1]));
    expect(standardErrors(signs, (s) => s, { mean: 0, variance: 1 })).toBeLessThan(4);
    const products = signs.subarray(1).map((s, i) => s * signs[i]!);
    expect(standardErrors(products, (s) => s, { mean: 0, variance: 1 })).toBeLessThan(4);
  });
});

describe('stratified numbers', () => {
  it('lie one in each part and uniformly within it', () => {
    const sample = stratified(key(15), n);
    const offsets = sample.map((u, i) => u * n - i);
    expect(offsets.every((offset) => offset > 0 && offset < 1)).toBe(true);
    expect(kolmogorovSmirnov(offsets, (u) => u)).toBeLessThan(1.95);
  });
});

describe('an index', () => {
  it('covers its range and never leaves it', () => {
    expect([0, 0.2499, 0.25, 0.5, 0.9999].map((u) => indexOf(u, 4))).toEqual([0, 0, 1, 2, 3]);
    expect(indexOf(1, 4)).toBe(3);
    const counts = new Array<number>(7).fill(0);
    uniform(key(16), n).forEach((u) => (counts[indexOf(u, 7)]! += 1));
    // 6 degrees of freedom: above 22.5 with probability 0.001.
    expect(chiSquare(counts)).toBeLessThan(22.5);
  });
});

describe('a permutation', () => {
  it('contains every index once', () => {
    for (const length of [0, 1, 2, 3, 100])
      expect([...permutation(key(17), length)].sort((a, b) => a - b)).toEqual([...Array(length).keys()]);
  });

  it('is each of the 24 orders of 4 things equally often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const order = permutation(foldIn(key(18), i), 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: above 49.7 with probability 0.001.
    expect(chiSquare([...counts.values()])).toBeLessThan(49.7);
  });
});
