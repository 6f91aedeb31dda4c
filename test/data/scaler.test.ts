import { expect, test } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { uniform } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import {
  bitsOffset,
  centered,
  logDetNats,
  scaled,
  scalerOf,
  standardize,
  toBytes,
  unit,
  unscaled,
} from '../../src/data/scaler.ts';
import { toys } from '../../src/data/toy.ts';
import type { PointSet } from '../../src/data/dataset.ts';

const points = toys['swiss-roll'].draw(key(1), 500);
const stretched: PointSet = { ...points, values: points.values.map((v, j) => (j % 2 ? 1e3 + 5 * v : v)) };
const scalers = { centered, unit, standard: standardize(stretched) };

for (const [name, scaler] of Object.entries(scalers)) {
  test(`${name}: unscaled undoes scaled`, () => {
    const x = tensor(
      uniform(key(2), 8).map((u) => 256 * u),
      [4, 2],
    );
    const back = unscaled(scaler, scaled(scaler, x));
    x.data.forEach((value, j) => expect(back.data[j]).toBeCloseTo(value, 9));
  });

  test(`${name}: the log-Jacobian is that of finite differences`, () => {
    const x = tensor([3, 4], [1, 2]);
    const nudged = tensor([4, 5], [1, 2]); // affine: a step of 1 is exact
    const [a, b] = [scaled(scaler, x), scaled(scaler, nudged)];
    const logDet = Math.log((b.data[0]! - a.data[0]!) * (b.data[1]! - a.data[1]!));
    // Differences of numbers of the size of the shift (1000) lose about 1e-13.
    expect(logDetNats(scaler, x)).toBeCloseTo(logDet, 9);
    expect(bitsOffset(scaler)).toBeCloseTo(-logDet / 2 / Math.LN2, 9);
  });
}

test('bytes fill [0, 1) and [-1, 1), with 8 and 7 bits of offset', () => {
  const ends = tensor([0, 256], [2]);
  expect([...scaled(unit, ends).data]).toEqual([0, 1]);
  expect([...scaled(centered, ends).data]).toEqual([-1, 1]);
  expect(bitsOffset(unit)).toBe(8);
  expect(bitsOffset(centered)).toBe(7);
});

test('every byte comes back from anywhere in its bin, and values outside go to the nearest bin', () => {
  for (const scaler of [unit, centered]) {
    for (const u of [0, 0.5, 0.999]) {
      const bytes = Array.from({ length: 256 }, (_, b) => b);
      const x = scaled(
        scaler,
        tensor(
          bytes.map((b) => b + u),
          [256],
        ),
      );
      expect([...toBytes(scaler, x)]).toEqual(bytes);
    }
    expect([...toBytes(scaler, tensor([-3, 3], [2]))]).toEqual([0, 255]);
  }
});

test('standardised points have mean zero and mean variance one, and keep their shape', () => {
  const scaler = standardize(stretched);
  const { data } = scaled(scaler, tensor(stretched.values, [500, 2]));
  const moment = (axis: number, power: number): number =>
    data.reduce((sum, v, j) => (j % 2 === axis ? sum + v ** power : sum), 0) / 500;
  // Rounding of values near 1000, 500 times.
  expect(moment(0, 1)).toBeCloseTo(0, 9);
  expect(moment(1, 1)).toBeCloseTo(0, 9);
  expect((moment(0, 2) + moment(1, 2)) / 2).toBeCloseTo(1, 9);
  expect(moment(1, 2) / moment(0, 2)).toBeGreaterThan(10); // the second axis stays five times as long
});

test('equal points cannot be standardised', () => {
  const equal: PointSet = { kind: 'points', name: 'equal', count: 2, dimension: 1, values: Float64Array.from([4, 4]) };
  expect(() => standardize(equal)).toThrow(ConfigError);
  expect(() => standardize(equal)).toThrow('all of equal are equal');
});

test('a set gets its scaler by its kind and the range asked for', () => {
  const set = { kind: 'images', name: 'x', count: 1, channels: 1, height: 1, width: 1, flips: false } as const;
  expect(scalerOf({ ...set, pixels: new Uint8Array(1) }, 'unit')).toBe(unit);
  expect(scalerOf({ ...set, pixels: new Uint8Array(1) })).toBe(centered);
  expect(scalerOf(points).kind).toBe('standard');
});
