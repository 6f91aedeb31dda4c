/** @file The distance of samples from exact ones: known differences, and its standard error. */
import { expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { endPointError } from '../../src/evaluate/end-point-error.ts';

it('is the root mean square of all numbers, and that of the middle sample', () => {
  const { rms, median } = endPointError(tensor([1, 1, 2, 2, 3, 7], [3, 2]), tensor([1, 1, 1, 1, 0, 3], [3, 2]));
  // Mean squares of the samples: 0, 1 and (9 + 16) / 2.
  expect(rms.value).toBeCloseTo(Math.sqrt(13.5 / 3), 12);
  expect(median).toBe(1);
  const variance = [0, 1, 12.5].reduce((sum, square) => sum + (square - 4.5) ** 2, 0) / 2;
  expect(rms.standardError).toBeCloseTo(Math.sqrt(variance / 3) / (2 * Math.sqrt(4.5)), 12);
});

it('has the standard error that repetitions have', () => {
  const n = 400;
  const values = Array.from({ length: 200 }, (_, i) => {
    const x = tensor(normal(key(i), n), [n, 1]);
    return endPointError(x, tensor(new Float64Array(n), [n, 1])).rms;
  });
  const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  const reported = values.reduce((sum, { standardError }) => sum + standardError, 0) / values.length;
  // A standard deviation of 200 values is known to 5 %.
  expect(Math.abs(reported / spread - 1)).toBeLessThan(0.15);
});

it('is none for equal samples, and of equal shapes alone', () => {
  const x = tensor([1, 2], [2, 1]);
  expect(endPointError(x, x)).toEqual({ rms: { value: 0, standardError: 0 }, median: 0 });
  expect(() => endPointError(x, tensor([1, 2], [1, 2]))).toThrow(ShapeError);
});
