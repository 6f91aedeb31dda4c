import { expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../../../src/base/errors.ts';
import { cartesianColumns } from '../../../../src/inverse/operator/scans/cartesian-columns.ts';
import { subsampledFourier } from '../../../../src/inverse/operator/scans/fourier.ts';
import { noise } from '../../all.ts';

it('measures the coefficients of its columns, zero frequency in the middle', () => {
  const [height, width] = [4, 6];
  const columns = [1, 3, 4]; // frequencies -2, 0, 1
  const x = noise([2, height, width], 1, 1);
  const y = subsampledFourier([2, height, width], columns).apply(x);
  expect(y.shape).toEqual([1, 2, height, 3]);
  for (let k = 0; k < height; k++) {
    [-2, 0, 1].forEach((l, j) => {
      let [re, im] = [0, 0];
      for (let p = 0; p < height * width; p++) {
        const angle = -2 * Math.PI * ((k * Math.floor(p / width)) / height + (l * (p % width)) / width);
        const [a, b] = [x.data[p]!, x.data[height * width + p]!];
        re += (a * Math.cos(angle) - b * Math.sin(angle)) / Math.sqrt(height * width);
        im += (a * Math.sin(angle) + b * Math.cos(angle)) / Math.sqrt(height * width);
      }
      expect(y.data[k * 3 + j]).toBeCloseTo(re, 12);
      expect(y.data[(height + k) * 3 + j]).toBeCloseTo(im, 12);
    });
  }
});

it('sees in a real image what it sees in the complex image without imaginary part', () => {
  const columns = [0, 2, 3, 5];
  const x = noise([1, 4, 7], 2, 1);
  const complex = { shape: [2, 2, 4, 7], data: new Float64Array(2 * x.data.length) };
  [0, 1].forEach((b) => complex.data.set(x.data.subarray(28 * b, 28 * (b + 1)), 56 * b));
  const y = subsampledFourier([1, 4, 7], columns).apply(x);
  expect(y).toEqual(subsampledFourier([2, 4, 7], columns).apply(complex));
});

it('recovers a real image from half of the frequencies, since the others are their conjugates', () => {
  const operator = subsampledFourier([1, 6, 8], [0, 1, 2, 3, 4]); // -4 to 0
  const x = noise([1, 6, 8], 2, 2);
  operator.pseudoInverse!(operator.apply(x)).data.forEach((value, i) => expect(value).toBeCloseTo(x.data[i]!, 12));
});

it('takes the columns of the published rule: of 240 at acceleration 8 the 7 of the center and every tenth or so', () => {
  const columns = cartesianColumns(240, { acceleration: 8, center: 0.03 });
  // Center: 7 columns from (240 - 7 + 1) / 2 = 117 on. Distance 8 (7 - 240) / (7 * 8 - 240) = 10.1304, offset
  // round(10.13) / 2 = 5.
  expect(columns.filter((j) => j >= 117 && j <= 123)).toEqual([117, 118, 119, 120, 121, 122, 123]);
  const equispaced = Array.from({ length: 24 }, (_, k) => Math.round(5 + (k * 8 * 233) / 184)).filter((j) => j < 240);
  for (const j of equispaced) expect(columns).toContain(j);
  expect(columns.every((j) => (j >= 117 && j <= 123) || equispaced.includes(j))).toBe(true);
  expect(columns).toHaveLength(31); // no point of the grid is in the center, so that it is one more than 240 / 8
  expect(cartesianColumns(16, { acceleration: 1 })).toEqual(Array.from({ length: 16 }, (_, j) => j));
});

it.each([32, 63, 64, 128, 320])('measures about a share of 1 / acceleration of %i columns', (width) => {
  for (const acceleration of [2, 4, 6]) {
    const columns = cartesianColumns(width, { acceleration, center: 0.08 });
    // The rule rounds the center and the end of the grid: one column each way, and one where the grid meets the center.
    expect(Math.abs(columns.length - width / acceleration)).toBeLessThanOrEqual(2);
    expect(columns).toContain(width >> 1);
    expect([...columns].sort((a, b) => a - b)).toEqual(columns);
    expect(columns.every((j) => Number.isInteger(j) && j >= 0 && j < width)).toBe(true);
  }
});

it('always measures frequency zero, 8 % of the columns around it where that many are measured, and about W / a in all', () => {
  for (let width = 1; width <= 64; width++)
    for (let acceleration = 1; acceleration <= 30; acceleration += 0.5) {
      const columns = cartesianColumns(width, { acceleration });
      const asked = width / acceleration;
      const context = `${width} columns at ${acceleration}: ${columns}`;
      expect(columns, context).toContain(width >> 1);
      expect(new Set(columns).size, context).toBe(columns.length);
      expect(
        columns.every((j) => Number.isInteger(j) && j >= 0 && j < width),
        context,
      ).toBe(true);
      // Rounding of the center and of the end of the grid: one column each way, and one where the grid meets the center.
      expect(Math.abs(columns.length - Math.max(1, asked)), context).toBeLessThanOrEqual(2);
      if (0.08 * width > asked) expect(columns.length, context).toBe(Math.max(1, Math.round(asked)));
      const center = Math.max(1, Math.min(Math.round(0.08 * width), Math.round(asked)));
      const first = (width - center + 1) >> 1;
      expect(columns, context).toEqual(expect.arrayContaining(Array.from({ length: center }, (_, i) => first + i)));
    }
});

it('measures what it did wherever the center leaves room for other columns', () => {
  for (const [width, acceleration] of [
    [20, 4],
    [20, 9],
    [32, 4],
    [64, 8],
    [28, 2.5],
  ] as const) {
    const columns = cartesianColumns(width, { acceleration });
    expect(columns).toEqual(cartesianColumns(width, { acceleration, center: 0.08 }));
  }
  expect(cartesianColumns(20, { acceleration: 4 })).toEqual([3, 9, 10, 15]);
  expect([10, 12, 20].map((acceleration) => cartesianColumns(20, { acceleration }))).toEqual([[9, 10], [9, 10], [10]]);
  expect(cartesianColumns(5, { acceleration: 4 })).toEqual([2]);
});

it('refuses columns and scans that are none', () => {
  expect(() => subsampledFourier([3, 4, 4], [0])).toThrow(ShapeError);
  expect(() => subsampledFourier([3, 4, 4], [0])).toThrow('expected 1 or 2 channels (real and imaginary), got 3');
  for (const columns of [[], [4], [-1], [0.5], [1, 1]])
    expect(() => subsampledFourier([1, 4, 4], columns)).toThrow(ConfigError);
  expect(() => cartesianColumns(64, { acceleration: 0.5 })).toThrow(
    'acceleration: expected a number of at least 1, got 0.5',
  );
  expect(() => cartesianColumns(64, { center: 2 })).toThrow('center: expected a share of 0 to 1, got 2');
  expect(() => cartesianColumns(64, { center: 0.25 })).toThrow('got 16 of 64 columns at acceleration 4');
});
