import { expect, test } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { loadBatch } from '../../src/data/batch.ts';
import { standardize } from '../../src/data/standardize.ts';
import { bitsOffset, centered, factorsOf, logDetNats, scaled, toBytes, unit, unscaled } from '../../src/data/scaler.ts';
import { toys } from '../../src/data/sets/toy.ts';
import { scalerOf, type PointSet } from '../../src/data/dataset.ts';

const points = toys['swiss-roll'].draw(key(1), 500);
const stretched: PointSet = { ...points, values: points.values.map((v, j) => (j % 2 ? 1e3 + 5 * v : v)) };
const scalers = {
  centered,
  unit,
  common: standardize(stretched, 'common'),
  columns: standardize(stretched, 'columns'),
};

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

test('points on a common scale have mean zero and mean variance one, and keep their shape', () => {
  const scaler = standardize(stretched, 'common');
  const { data } = scaled(scaler, tensor(stretched.values, [500, 2]));
  const moment = (axis: number, power: number): number =>
    data.reduce((sum, v, j) => (j % 2 === axis ? sum + v ** power : sum), 0) / 500;
  // Rounding of values near 1000, 500 times.
  expect(moment(0, 1)).toBeCloseTo(0, 9);
  expect(moment(1, 1)).toBeCloseTo(0, 9);
  expect((moment(0, 2) + moment(1, 2)) / 2).toBeCloseTo(1, 9);
  expect(moment(1, 2) / moment(0, 2)).toBeGreaterThan(10); // the second axis stays five times as long
});

test('equal points cannot be standardized', () => {
  const equal: PointSet = { kind: 'points', name: 'equal', count: 2, dimension: 1, values: Float64Array.from([4, 4]) };
  for (const scale of ['common', 'columns'] as const) {
    expect(() => standardize(equal, scale)).toThrow(ConfigError);
    expect(() => standardize(equal, scale)).toThrow('all of equal are equal');
  }
});

test('a set gets its scaler by its kind and the range asked for', () => {
  const set = { kind: 'images', name: 'x', count: 1, channels: 1, height: 1, width: 1, flips: false } as const;
  expect(scalerOf({ ...set, pixels: new Uint8Array(1) }, { range: 'unit' })).toBe(unit);
  expect(scalerOf({ ...set, pixels: new Uint8Array(1) })).toBe(centered);
  expect(scalerOf(points).kind).toBe('standard');
});

/** Points of several columns, in turn. */
function pointsOf(columns: readonly ArrayLike<number>[], name = 'mixed'): PointSet {
  const [dimension, count] = [columns.length, columns[0]!.length];
  const values = Float64Array.from(
    { length: count * dimension },
    (_, at) => columns[at % dimension]![Math.floor(at / dimension)]!,
  );
  return { kind: 'points', name, count, dimension, values };
}
const column = (seed: number, mean: number, std: number): number[] =>
  Array.from(normal(key(seed), 400), (z) => mean + std * z);

test('columns of their own units have mean zero and variance one each, whatever their sizes', () => {
  const set = pointsOf([column(1, 5000, 1000), column(2, -3, 0.5), column(3, 1e199, 1e200), column(4, 0, 1e-200)]);
  const scaler = scalerOf(set);
  const { data } = scaled(scaler, tensor(set.values, [set.count, 4]));
  for (let c = 0; c < 4; c++) {
    const own = data.filter((_, at) => at % 4 === c);
    expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(0, 10);
    expect(own.reduce((sum, value) => sum + value ** 2, 0) / own.length).toBeCloseTo(1, 10);
  }
  const back = unscaled(scaler, tensor(data, [set.count, 4])).data;
  back.forEach((value, at) => expect(value / set.values[at]!).toBeCloseTo(1, 6));
  expect([...loadBatch(set, scaler, [0, 7], key(1))]).toEqual(
    [0, 1, 2, 3, 28, 29, 30, 31].map((at) => Math.fround(data[at]!)),
  );
});

test('a column that is the same in all points is divided by its magnitude, and comes back', () => {
  const set = pointsOf([column(1, 0, 2), new Array<number>(400).fill(0.1), new Array<number>(400).fill(0)]);
  const scaler = standardize(set, 'columns');
  const [, factor, ofZeros] = factorsOf(scaler);
  expect(factor).toBeCloseTo(10, 9);
  expect(ofZeros).toBe(1);
  const { data } = scaled(scaler, tensor(set.values, [400, 3]));
  // The mean of 400 times 0.1 is rounded.
  data.filter((_, at) => at % 3 > 0).forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-12));
  const rounded: PointSet = pointsOf([new Array<number>(3).fill(0.1)], 'rounded');
  expect(() => standardize(rounded, 'common')).toThrow('all of rounded are equal');
});

test('deviations that no factor can undo are refused', () => {
  for (const size of [1e305, 1e-305])
    for (const scale of ['common', 'columns'] as const)
      expect(() => standardize(pointsOf([[size, -size, 0]]), scale)).toThrow(
        /deviate from their mean by 1e-300 to 1e300/,
      );
});

test('the density of columns of their own units is that of the model with the log-Jacobian', () => {
  const set = pointsOf([column(1, 5000, 1000), column(2, -3, 0.5)]);
  const scaler = scalerOf(set);
  const factors = factorsOf(scaler);
  const x = tensor([4700, -2.2], [1, 2]);
  const gaussianNats = (value: number, mean: number, std: number): number =>
    -(((value - mean) / std) ** 2) / 2 - Math.log(std) - Math.log(2 * Math.PI) / 2;
  const u = scaled(scaler, x).data;
  const model = gaussianNats(u[0]!, 0, 1) + gaussianNats(u[1]!, 0, 1);
  const exact =
    gaussianNats(4700, scaler.shift[0]!, 1 / factors[0]!) + gaussianNats(-2.2, scaler.shift[1]!, 1 / factors[1]!);
  expect(model + logDetNats(scaler, x)).toBeCloseTo(exact, 10);
  expect(-model / Math.LN2 / 2 + bitsOffset(scaler)).toBeCloseTo(-exact / Math.LN2 / 2, 10);
});

test('toys keep one scale for both axes', () => {
  expect(typeof scalerOf(points).factor).toBe('number');
  expect(scalerOf(points)).toEqual(standardize(points, 'common'));
  expect(scalerOf(points, { scale: 'columns' })).toEqual(standardize(points, 'columns'));
});
