import { expect, test } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { bits, permutation } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { loadBatch } from '../../src/data/batch.ts';
import type { ImageSet, PointSet } from '../../src/data/dataset.ts';
import { standardize } from '../../src/data/standardize.ts';
import { centered, toBytes, unit } from '../../src/data/scaler.ts';

const count = 40;
const shape = [3, 4, 5] as const;
const size = 60;
const images: ImageSet = {
  kind: 'images',
  name: 'random',
  count,
  channels: 3,
  height: 4,
  width: 5,
  pixels: Uint8Array.from(bits(key(1), count * size), (word) => word & 255),
  flips: false,
};
const flipping: ImageSet = { ...images, flips: true };

const sampleOf = (values: ArrayLike<number>, i: number): number[] => Array.from(values).slice(i * size, (i + 1) * size);

function mirrored(sample: readonly number[]): number[] {
  return sample.map((_, j) => sample[Math.floor(j / 5) * 5 + 4 - (j % 5)]!);
}

for (const scaler of [centered, unit]) {
  test(`${scaler.kind}: without mirroring a batch is the bytes of its rows, plus noise that stays in their bins`, () => {
    const rows = [7, 0, 39, 7];
    const batch = loadBatch(images, scaler, rows, key(2));
    const bytes = toBytes(scaler, tensor(batch, [4, ...shape]));
    rows.forEach((row, i) => expect(sampleOf(bytes, i)).toEqual(sampleOf(images.pixels, row)));
  });

  test(`${scaler.kind}: white pixels never leave the range, whatever the noise`, () => {
    const white = {
      ...images,
      count: 1,
      height: 256,
      width: 256,
      channels: 1,
      pixels: new Uint8Array(65536).fill(255),
    };
    const batch = loadBatch(white, scaler, [0], key(3));
    expect(batch.reduce((a, b) => Math.max(a, b))).toBeLessThan(1);
  });
}

test('the noise is uniform in [0, 1) and differs between pixels and samples', () => {
  const black = { ...images, pixels: new Uint8Array(count * size) };
  const rows = new Array<number>(1000).fill(0);
  const u = loadBatch(black, unit, rows, key(4)).map((x) => 256 * x);
  const n = u.length;
  const moment = (power: number): number => u.reduce((sum, x) => sum + x ** power, 0) / n;
  // n = 60,000; five standard errors of the first two moments of a uniform variable.
  expect(Math.abs(moment(1) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
  expect(Math.abs(moment(2) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
  // Of n draws of 2^16 values, about n^2 / 2^17 = 27,000 coincide with another.
  expect(new Set(u).size).toBeGreaterThan(n / 2);
});

test('a sample depends on its row and its place only, not on its companions', () => {
  const a = loadBatch(flipping, centered, [3, 14, 15], key(5));
  const b = loadBatch(flipping, centered, [8, 14], key(5));
  expect(sampleOf(b, 1)).toEqual(sampleOf(a, 1));
  expect(sampleOf(loadBatch(flipping, centered, [3, 14, 15], key(6)), 1)).not.toEqual(sampleOf(a, 1));
});

test('half of the images are mirrored, as wholes', () => {
  const rows = Array.from(permutation(key(7), 400), (i) => i % count);
  const bytes = toBytes(unit, tensor(loadBatch(flipping, unit, rows, foldIn(key(7), 'batch')), [400, ...shape]));
  let flips = 0;
  rows.forEach((row, i) => {
    const original = sampleOf(images.pixels, row);
    const found = sampleOf(bytes, i);
    const isMirrored = found.join() === mirrored(original).join();
    if (isMirrored) flips += 1;
    else expect(found).toEqual(original);
  });
  // n = 400 fair coins: five standard errors are 50.
  expect(Math.abs(flips - 200)).toBeLessThan(50);
});

test('points come scaled, without noise', () => {
  const points: PointSet = {
    kind: 'points',
    name: 'p',
    count: 2,
    dimension: 2,
    values: Float64Array.from([0, 10, 2, 14]),
  };
  const scaler = standardize(points, 'common'); // means 1 and 12, variances 1 and 4
  const factor = 1 / Math.sqrt(2.5);
  const batch = loadBatch(points, scaler, [1, 0, 1], key(8));
  [1, 2, -1, -2, 1, 2].forEach((value, j) => expect(batch[j]).toBeCloseTo(value * factor, 6)); // float32
});

test('rows outside the set and scalers of another set are refused', () => {
  for (const row of [-1, count, 0.5, NaN]) expect(() => loadBatch(images, unit, [0, row], key(9))).toThrow(ShapeError);
  const points: PointSet = {
    kind: 'points',
    name: 'p',
    count: 2,
    dimension: 3,
    values: Float64Array.from([1, 2, 3, 4, 5, 6]),
  };
  expect(() => loadBatch(images, standardize(points, 'common'), [0], key(9))).toThrow(
    'expected a scaler for samples [3,4,5], got one for [3]',
  );
});
