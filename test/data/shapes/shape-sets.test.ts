/** @file Sets of shapes: samples of any number of points, units, folders with classes, and one file as points. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { loadBatch } from '../../../src/data/batch.ts';
import { describe as factsOf } from '../../../src/data/describe.ts';
import { firstOf, kindOf, sampleShape, scalerOf } from '../../../src/data/dataset.ts';
import { fingerprint } from '../../../src/data/fingerprint.ts';
import { writePly } from '../../../src/data/shapes/ply.ts';
import { hasShapes, readShape, readShapes } from '../../../src/data/shapes/read-shapes.ts';
import { shapeSet } from '../../../src/data/shapes/shape-set.ts';
import { cloudOf } from '../../../src/data/shapes/shape.ts';
import { openDataSet } from '../../../src/run/data-sets.ts';

const clouds = [normal(key(0), 60), normal(key(1), 9).map((value) => 100 + 5 * value)];
const set = shapeSet(clouds, { name: 'two' }, { points: 8 });
const folder = mkdtempSync(join(tmpdir(), 'shapes-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a set of shapes', () => {
  it('has samples of points of a shape, each at most once where there are enough, others at every load', () => {
    expect(sampleShape(set)).toEqual([8, 3]);
    const scaler = scalerOf(set);
    const load = (seed: number): Float32Array => loadBatch(set, scaler, [0, 1], key(seed));
    const points = (values: Float32Array, row: number): readonly string[] =>
      Array.from({ length: 8 }, (_, i) =>
        Array.from(values.subarray(24 * row + 3 * i, 24 * row + 3 * i + 3), (value) => value.toFixed(5)).join(),
      );
    expect(load(0)).toEqual(load(0));
    expect(load(0)).not.toEqual(load(1));
    expect(new Set(points(load(0), 0)).size).toBe(8);
    // The second shape has three points.
    expect(new Set(points(load(0), 1)).size).toBeLessThanOrEqual(3);
    expect(load(0).every((value) => Math.abs(value) <= 1 + 1e-6)).toBe(true);
    // In many loads every point of a shape is as likely: 8 of 20 each time.
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 500; seed++)
      for (const point of points(load(seed), 0)) seen.set(point, (seen.get(point) ?? 0) + 1);
    expect(seen.size).toBe(20);
    // 200 of 500, with a standard error of 11.
    for (const times of seen.values()) expect(Math.abs(times - 200)).toBeLessThan(55);
  });

  it('puts each shape into the cube from -1 to 1, or leaves all as they are, with one scale', () => {
    for (const row of [0, 1]) {
      const cloud = cloudOf(set, row);
      expect(cloud.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeCloseTo(1, 6);
    }
    const own = shapeSet(clouds, { name: 'two' }, { points: 8, fit: 'all' });
    expect(Array.from(cloudOf(own, 1))).toEqual(Array.from(clouds[1]!, Math.fround));
    const scaler = scalerOf(own);
    const x = loadBatch(own, scaler, [0, 1], key(0));
    expect(Math.max(...x.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-6);
    const units = { shape: [8, 3], scaler };
    const back = kindOf(own).toArray(tensor(x, [2, 8, 3]), units);
    expect(back.shape).toEqual([2, 8, 3]);
    const again = kindOf(own).fromArray(back, units, 'again');
    expect(sampleShape(again)).toEqual([8, 3]);
    const near = clouds[1]!;
    for (let i = 0; i < 8; i++) {
      const point = Array.from(back.data.subarray(24 + 3 * i, 24 + 3 * i + 3));
      const apart = [0, 1, 2].map((k) => Math.hypot(...point.map((value, j) => value - near[3 * k + j]!)));
      expect(Math.min(...apart)).toBeLessThan(1e-4);
    }
  });

  it('is cut, described and named by its content', () => {
    const one = firstOf(set, 1);
    expect([one.count, cloudOf(one, 0)]).toEqual([1, cloudOf(set, 0)]);
    expect(fingerprint(one)).not.toBe(fingerprint(set));
    expect(factsOf(set)).toMatchObject({ kind: 'shapes', shape: [8, 3], count: 2 });
    expect(() => shapeSet([], { name: 'none' })).toThrow(/expected shapes, found none in none/);
    expect(() => scalerOf(shapeSet([new Float64Array(6)], { name: 'dots' }))).toThrow(/all of dots are equal/);
    expect(() =>
      kindOf(set).fromArray(
        { shape: [2, 8, 2], data: new Float64Array(32) },
        { shape: [8, 3], scaler: scalerOf(set) },
        'flat',
      ),
    ).toThrow(/flat/);
  });
});

describe('a folder of shapes', () => {
  const cube = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n';
  it('has a class for each of its folders, and notes for what cannot be read', async () => {
    for (const name of ['flat', 'round']) mkdirSync(join(folder, name));
    for (let i = 0; i < 9; i++) writeFileSync(join(folder, 'flat', `${i}.obj`), cube);
    for (let i = 0; i < 9; i++) writeFileSync(join(folder, 'round', `${i}.ply`), writePly(normal(key(i), 30)));
    writeFileSync(join(folder, 'round', 'broken.stl'), 'nothing');
    writeFileSync(join(folder, 'round', 'line.obj'), 'v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n');
    expect(hasShapes(folder)).toBe(true);
    const found = readShapes(folder, { points: 16 });
    expect([found.count, found.classNames]).toEqual([18, ['flat', 'round']]);
    expect(Array.from(found.labels ?? [])).toEqual([...Array<number>(9).fill(0), ...Array<number>(9).fill(1)]);
    expect(found.notes?.join('\n')).toMatch(/broken\.stl was left out: expected an STL file/);
    expect(found.notes?.join('\n')).toMatch(
      /line\.obj was left out: expected triangles with an area, found none that has one/,
    );
    const [train, test] = [readShapes(folder, { split: 'train' }), readShapes(folder, { split: 'test' })];
    expect(train.count + test.count).toBe(18);
    expect(test.count).toBeGreaterThan(0);
    const opened = await openDataSet(folder, { points: 16, split: 'train' });
    expect(sampleShape(opened)).toEqual([16, 3]);
    expect(readShapes(folder, { limit: 5 }).count).toBe(5);
  });

  it('without shapes that can be read, or with too few to keep one out, is refused', () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    writeFileSync(join(bad, 'a.ply'), 'nothing');
    expect(() => readShapes(bad)).toThrow(/a\.ply: expected a PLY file/);
    writeFileSync(join(bad, 'b.ply'), '');
    expect(() => readShapes(bad)).toThrow(/expected shapes, found none that can be read/);
    expect(() => readShapes(bad, { split: 'test' })).toThrow(/expected at least 10 shapes/);
    expect(hasShapes(tmpdir())).toBeTypeOf('boolean');
  });

  it('a file alone is a set of points on its surface, or of the points that it has', async () => {
    const file = join(folder, 'flat', '0.obj');
    const flat = readShape(file);
    expect([flat.kind, flat.count, flat.dimension, flat.oneSpace]).toEqual(['points', 20_000, 3, true]);
    expect(flat.values.every((value) => value >= 0 && value <= 1)).toBe(true);
    const cloud = await openDataSet(join(folder, 'round', '0.ply'));
    expect([cloud.count, sampleShape(cloud)]).toEqual([10, [3]]);
  });
});
