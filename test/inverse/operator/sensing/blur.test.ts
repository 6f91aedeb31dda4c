import { expect, it } from 'vitest';
import { ShapeError } from '../../../../src/base/errors.ts';
import { tensor, zeros } from '../../../../src/base/tensor.ts';
import { blur, gaussianKernel, motionKernel } from '../../../../src/inverse/operator/sensing/blur.ts';
import { noise } from '../../all.ts';

it('is the circular convolution of its kernel', () => {
  const [height, width] = [5, 6];
  const kernel = tensor([1, 2, 3, 4, -5, 6], [3, 2]); // not symmetric, even and odd sides
  const x = noise([2, height, width], 1, 1);
  const y = blur([2, height, width], kernel).apply(x);
  for (let c = 0; c < 2; c++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        let sum = 0;
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 2; j++) {
            const [fromRow, fromColumn] = [(row - (i - 1) + height) % height, (column - (j - 1) + width) % width];
            sum += kernel.data[i * 2 + j]! * x.data[(c * height + fromRow) * width + fromColumn]!;
          }
        }
        expect(y.data[(c * height + row) * width + column]).toBeCloseTo(sum, 12);
      }
    }
  }
});

it('keeps the mean of an image where the kernel has sum 1', () => {
  for (const kernel of [gaussianKernel(1.3), motionKernel({ length: 5, angle: 1 })]) {
    expect(kernel.data.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    const x = noise([1, 16, 16], 1, 2);
    const total = (values: Float64Array): number => values.reduce((a, b) => a + b);
    expect(total(blur([1, 16, 16], kernel).apply(x).data)).toBeCloseTo(total(x.data), 11);
  }
});

/** Second moments of a kernel about its middle: (across, down, mixed), with y upward. */
function moments({ shape, data }: { shape: readonly number[]; data: Float64Array }): readonly [number, number, number] {
  const [rows = 0, columns = 0] = shape;
  const out: [number, number, number] = [0, 0, 0];
  data.forEach((value, i) => {
    const [x, y] = [(i % columns) - (columns >> 1), (rows >> 1) - Math.floor(i / columns)];
    out[0] += value * x * x;
    out[1] += value * y * y;
    out[2] += value * x * y;
  });
  return out;
}

it('has Gaussian kernels of the variance asked for, and lines of motion of their length and angle', () => {
  // Cut at three standard deviations a normal law keeps 0.973 of its variance.
  for (const std of [1, 2.5]) {
    const [across, down, mixed] = moments(gaussianKernel(std));
    expect(across / std ** 2).toBeGreaterThan(0.96);
    expect(across / std ** 2).toBeLessThan(1.01);
    expect(down).toBeCloseTo(across, 12);
    expect(mixed).toBeCloseTo(0, 12);
  }
  // A line has variance length^2 / 12 along it; sharing among pixels adds 0 to 1/4 along each axis, 1/6 in the mean.
  for (const angle of [0, 0.6, Math.PI / 2, 2.5]) {
    const [across, down, mixed] = moments(motionKernel({ length: 12, angle }));
    expect(Math.abs(across - 12 * Math.cos(angle) ** 2)).toBeLessThan(0.25);
    expect(Math.abs(down - 12 * Math.sin(angle) ** 2)).toBeLessThan(0.25);
    expect(Math.abs(mixed - 12 * Math.sin(angle) * Math.cos(angle))).toBeLessThan(0.25);
  }
});

it('refuses kernels larger than the image, and kernels that are none', () => {
  expect(() => blur([1, 4, 4], zeros([5, 3]))).toThrow(ShapeError);
  expect(() => blur([1, 4, 4], zeros([5, 3]))).toThrow('blur: expected a kernel [h, w] within 4 x 4 pixels, got [5,3]');
  expect(() => blur([1, 4, 4], zeros([3]))).toThrow(ShapeError);
  expect(() => blur([1, 4, 4], tensor([NaN], [1, 1]))).toThrow('kernel: expected finite numbers');
  expect(() => gaussianKernel(0)).toThrow('std: expected a positive number, got 0');
  expect(() => motionKernel({ length: -1 })).toThrow('length: expected a positive number, got -1');
  expect(() => motionKernel({ length: 1, angle: NaN })).toThrow('angle: expected a number, got NaN');
});
