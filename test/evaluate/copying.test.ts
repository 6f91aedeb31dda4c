/** @file Nearest points, cells, the rank test, and the test of copies with its null law. */
import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split, type Key } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import { copyingTest, nearCopies, type Distances } from '../../src/evaluate/copying.ts';
import type { FloatRows } from '../../src/evaluate/float-rows.ts';
import { kolmogorovSmirnovTest } from '../../src/evaluate/goodness-of-fit.ts';
import { normalCdf } from '../../src/base/gamma.ts';
import { kMeans, nearestCells } from '../../src/evaluate/k-means.ts';
import { mannWhitney } from '../../src/evaluate/mann-whitney.ts';
import { nearestPoints, type Neighbors } from '../../src/evaluate/nearest.ts';

const cloud = (k: Key, count: number, size: number): FloatRows => ({
  ...{ count, size },
  data: Float32Array.from(normal(k, count * size)),
});

async function neighbors(...[points, samples, request]: Parameters<typeof nearestPoints>): Promise<Neighbors> {
  const steps = nearestPoints(points, samples, request);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

describe('the nearest points', () => {
  const points = cloud(key(1), 300, 5);
  const samples = cloud(key(2), 40, 5);
  const apart = (p: number, i: number): number =>
    Math.hypot(...Array.from({ length: 5 }, (_, j) => points.data[p * 5 + j]! - samples.data[i * 5 + j]!));

  it('are those of a search through all', async () => {
    const found = await neighbors(points, samples, { k: 3 });
    for (let i = 0; i < samples.count; i++) {
      const all = [...Array(points.count).keys()].sort((a, b) => apart(a, i) - apart(b, i)).slice(0, 3);
      expect([...found.points.subarray(3 * i, 3 * i + 3)]).toEqual(all);
      all.forEach((p, j) => expect(found.distances[3 * i + j]!).toBeCloseTo(apart(p, i), 12));
    }
  });

  it('of copies are at distance 0, and without themselves at that of others', async () => {
    const far = { ...points, data: points.data.map((value) => value + 1000) };
    const own = [...Array(points.count).keys()];
    const copies = await neighbors(far, far, { k: 1 });
    expect([...copies.points]).toEqual(own);
    expect(Math.max(...copies.distances)).toBe(0);
    const others = await neighbors(far, far, { k: 1, own });
    expect(Math.min(...others.distances)).toBeGreaterThan(0);
    await expect(neighbors(points, samples, { k: 301 })).rejects.toThrow(ConfigError);
    await expect(neighbors(points, cloud(key(3), 2, 4), { k: 1 })).rejects.toThrow(ShapeError);
  });
});

it('cells gather points that lie apart', () => {
  const noise = normal(key(1), 400);
  const data = Float32Array.from(noise, (z, at) => 10 * Math.floor(at / 100) + 0.1 * z);
  const points: FloatRows = { count: 200, size: 2, data };
  const centers = kMeans(key(3), points, { cells: 8 });
  const cells = nearestCells(centers, points);
  // No cell has points of two of the four clusters.
  const clusters = new Map<number, Set<number>>();
  cells.forEach((cell, i) => clusters.set(cell, (clusters.get(cell) ?? new Set<number>()).add(Math.floor(i / 50))));
  for (const of of clusters.values()) expect(of.size).toBe(1);
});

describe('the rank test', () => {
  it('counts pairs, and half of those that are equal', () => {
    expect(mannWhitney([1, 2, 3], [2.5, 4, 5]).u).toBe(1);
    expect(mannWhitney([1, 2], [2, 1]).u).toBe(2);
    expect(mannWhitney([1, 1], [1, 1])).toEqual({ u: 2, z: 0 });
    expect(() => mannWhitney([1, NaN], [2])).toThrow(ShapeError);
  });

  it('has the variance of all orders, with ties', () => {
    // All 20 ways to choose three of six numbers of which two are equal.
    const numbers = [1, 2, 2, 3, 4, 5];
    const all = [...Array(64).keys()].filter((mask) => numbers.filter((_, i) => mask & (1 << i)).length === 3);
    const zs = all.map((mask) => {
      const [a, b] = [true, false].map((inside) => numbers.filter((_, i) => ((mask & (1 << i)) !== 0) === inside));
      return mannWhitney(a!, b!).z;
    });
    expect(zs.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 12);
    expect(zs.reduce((sum, z) => sum + z * z, 0) / zs.length).toBeCloseTo(1, 12);
  });
});

/** Distances with a scale of their own in each of five cells. */
function draw(k: Key, n: number, { scale = 1, copied = 0 } = {}): Distances {
  const cells = Array.from(uniform(foldIn(k, 'cell'), n), (u) => Math.floor(5 * u));
  const z = normal(foldIn(k, 'distance'), n);
  const nearest = cells.map((cell, i) => (cell < copied ? 0.01 : scale) * (1 + cell) * Math.abs(z[i]!));
  return { nearest, cells };
}

describe('the data-copying test', () => {
  it('is standard normal where samples have the law of held-out ones (400 sets)', () => {
    const zs = split(key(5), 400).map(
      (k) => copyingTest(draw(foldIn(k, 'own'), 300), draw(foldIn(k, 'held-out'), 200)).z,
    );
    expect(kolmogorovSmirnovTest(zs, normalCdf).pValue).toBeGreaterThan(0.001);
    // The variance of 400 standard normal numbers has a standard error of 0.07.
    const variance = zs.reduce((sum, z) => sum + z * z, 0) / 400;
    expect(Math.abs(variance - 1)).toBeLessThan(0.3);
  });

  it('sees copies, also in one cell where all others lie too far, and what lies apart', () => {
    const heldOut = draw(key(1), 500);
    expect(copyingTest(draw(key(2), 500, { scale: 0.3 }), heldOut).z).toBeLessThan(-8);
    expect(copyingTest(draw(key(2), 500, { scale: 3 }), heldOut).z).toBeGreaterThan(8);
    const { cells } = copyingTest(draw(key(2), 500, { scale: 2, copied: 1 }), heldOut);
    expect(cells[0]!.z).toBeLessThan(-8);
    for (const { z } of cells.slice(1)) expect(z).toBeGreaterThan(3);
  });

  it('weighs cells by their held-out samples and leaves small ones out', () => {
    const of = (...counts: readonly number[]): Distances => ({
      cells: counts.flatMap((n, cell) => Array<number>(n).fill(cell)),
      nearest: counts.flatMap((n) => [...Array(n).keys()]),
    });
    const { cells, standardError } = copyingTest(of(30, 25, 90), of(20, 40, 19));
    expect(cells.map(({ cell, samples, heldOut }) => [cell, samples, heldOut])).toEqual([
      [0, 30, 20],
      [1, 25, 40],
    ]);
    expect(standardError).toBeCloseTo(Math.hypot(20, 40) / 60, 12);
    expect(() => copyingTest(of(30), of(5))).toThrow(ConfigError);
    expect(() => copyingTest({ cells: [1], nearest: [1, 2] }, of(5))).toThrow(ShapeError);
  });
});

it('as many held-out samples as said are near copies, whatever their law (200 sets)', () => {
  const runs = split(key(7), 200).map((k) =>
    nearCopies(uniform(foldIn(k, 1), 300), uniform(foldIn(k, 2), 300), { part: 0.05 }),
  );
  const errors = runs.map(({ share, expected, standardError }) => (share - expected) / standardError);
  const mean = errors.reduce((sum, z) => sum + z, 0) / 200;
  const variance = errors.reduce((sum, z) => sum + z * z, 0) / 200;
  // Standard errors of mean and variance over 200 sets: 0.07 and 0.1.
  expect(Math.abs(mean)).toBeLessThan(0.28);
  expect(Math.abs(variance - 1)).toBeLessThan(0.4);
  expect(nearCopies([0, 0, 0.9, 0.95], [0.5, 0.6, 0.7], {}).share).toBe(0.5);
});
