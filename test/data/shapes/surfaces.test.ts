/** @file Points on surfaces are uniform: moments that are known in closed form, within 5 standard errors. */
import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { blockPoints, drawFurniture } from '../../../src/data/shapes/furniture.ts';
import { cloudOf } from '../../../src/data/shapes/shape.ts';
import { drawSolids, spherePoints, superquadric, torusPoints } from '../../../src/data/shapes/solids.ts';
import { addedAreas, surfacePoints } from '../../../src/data/shapes/surface.ts';

const count = 20_000;

/** Checks the mean of a function of points. */
function expectMean(points: Float64Array, of: (x: number, y: number, z: number) => number, mean: number): void {
  const values = Array.from({ length: points.length / 3 }, (_, i) =>
    of(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!),
  );
  const found = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - found) ** 2, 0) / values.length;
  expect(Math.abs(found - mean)).toBeLessThan(5 * Math.sqrt(variance / values.length) + 1e-12);
}

describe('points on', () => {
  it('a sphere have its radius, and even coordinates', () => {
    const points = spherePoints(key(0), count, 2);
    expectMean(points, (x, y, z) => Math.hypot(x, y, z), 2);
    // Archimedes: a coordinate is uniform, so that its second and fourth moments are R^2 / 3 and R^4 / 5.
    for (const k of [0, 1, 2]) {
      expectMean(points, (...at) => at[k]! ** 2, 4 / 3);
      expectMean(points, (...at) => at[k]! ** 4, 16 / 5);
    }
  });

  it('a torus are as dense inside as outside', () => {
    const tube = 0.5;
    const points = torusPoints(key(1), count, tube);
    // The density of the angle of the tube is (1 + r cos v) / (2 pi).
    expectMean(points, (x, y) => Math.hypot(x, y), 1 + tube ** 2 / 2);
    expectMean(points, (x, y) => x * x + y * y, 1 + (3 * tube ** 2) / 2);
    expectMean(points, (_x, _y, z) => z * z, tube ** 2 / 2);
    expectMean(points, (x, y, z) => (Math.hypot(x, y) - 1) ** 2 + z * z, tube ** 2);
  });

  it('a mesh are as many in a triangle as its area', () => {
    const mesh = superquadric({ axes: [1, 1, 1], exponents: [1, 1] });
    expect(addedAreas(mesh).at(-1)).toBeCloseTo(4 * Math.PI, 1);
    const points = surfacePoints(mesh, key(2), count);
    for (const k of [0, 1, 2]) expectMean(points, (...at) => at[k]!, 0);
    // Of the mesh itself the radius is 0.998 to 1, and z^2 a third of its square, but for 1e-3.
    const square = points.reduce((sum, value) => sum + value ** 2, 0) / count;
    expectMean(points, (_x, _y, z) => z ** 2 - square / 3, 0);
    const two = {
      vertices: Float64Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5, 3, 0, 5, 0, 1, 5]),
      faces: Uint32Array.from([0, 1, 2, 3, 4, 5]),
    };
    expectMean(surfacePoints(two, key(3), count), (_x, _y, z) => z, 5 * 0.75);
    expectMean(surfacePoints(two, key(3), count), (x) => x, 0.25 / 3 + 0.75);
  });

  it('boxes are on the faces, none inside of another box', () => {
    const box = [
      [0, 0, 0],
      [1, 2, 3],
    ] as const;
    const points = blockPoints([box], key(4), count);
    // Of the area 22, 12 are at x = 0 or 1, 6 at y = 0 or 2 and 4 at z = 0 or 3.
    const on = (value: number, side: number): number => Number(value === 0 || value === side);
    expectMean(points, (x) => on(x, 1), 12 / 22);
    expectMean(points, (_x, y) => on(y, 2), 6 / 22);
    expectMean(points, (_x, _y, z) => on(z, 3), 4 / 22);
    const cross = [
      [0.25, 0.5, -1],
      [0.75, 1.5, 4],
    ] as const;
    const both = blockPoints([box, cross], key(5), 4000);
    for (let i = 0; i < 4000; i++) {
      const point = both.subarray(3 * i, 3 * i + 3);
      for (const [low, high] of [box, cross])
        expect(point.every((value, j) => value > low[j]! && value < high[j]!)).toBe(false);
    }
  });
});

describe('sets of solids and furniture', () => {
  it.each([
    ['solids', drawSolids(key(0), 12, { points: 32 })],
    ['chairs', drawFurniture('chairs', key(0), { count: 12, points: 32 })],
    ['desks', drawFurniture('desks', key(0), { count: 12, points: 32 })],
  ])('%s fill the cube from -1 to 1 on their longest axis, and differ', (_, set) => {
    expect([set.count, set.points]).toEqual([12, 32]);
    const firsts = new Set<number>();
    for (let row = 0; row < set.count; row++) {
      const cloud = cloudOf(set, row);
      const reach = cloud.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(reach).toBeCloseTo(1, 5);
      firsts.add(cloud[0]!);
    }
    expect(firsts.size).toBe(12);
  });
});
