import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { sizeOf, type Shape } from '../../../src/base/tensor.ts';
import { conv, input } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { onPhases } from '../../../src/nn/phases.ts';
import { alongBoth, fir, firDown, firUp, resizeBilinear, windowMean } from '../../../src/nn/unet/resample.ts';
import { windowMax } from '../../../src/nn/unet/window-max.ts';

/** The image that a function makes of another one. */
function map(shape: Shape, x: ArrayLike<number>, f: (x: Node) => Node): { shape: Shape; data: Float64Array } {
  const y = f(input(graph(), 'x', shape));
  return { shape: y.shape, data: evaluate([y], { x })[0]! };
}

const random = (name: string, shape: Shape): Float64Array => normal(foldIn(key(2), name), sizeOf(shape));
const taps = [1, 3, 3, 1];
const outer = taps.flatMap((a) => taps.map((b) => a * b));
const close = (found: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < found.length; i++) expect(found[i]).toBeCloseTo(expected[i]!, 12);
};

/** One pixel of 1 in an image of zeros. */
function impulse([, , height = 1, width = 1]: Shape, row: number, column: number): Float64Array {
  const image = new Float64Array(height * width);
  image[row * width + column] = 1;
  return image;
}

describe('the filter [1, 3, 3, 1]', () => {
  it('upsamples an impulse to outer([1, 3, 3, 1]) / 16', () => {
    const { shape, data } = map([1, 1, 4, 5], impulse([1, 1, 4, 5], 1, 2), firUp);
    expect(shape).toEqual([1, 1, 8, 10]);
    const expected = new Float64Array(80);
    // Pixel (1, 2) becomes the square around rows 2 and 3, columns 4 and 5.
    outer.forEach((value, k) => (expected[(1 + Math.floor(k / 4)) * 10 + 3 + (k % 4)] = value / 16));
    close(data, expected);
  });

  it('downsamples by the weights outer([1, 3, 3, 1]) / 64', () => {
    // Pixel (1, 1) of the result sees rows and columns 1 to 4.
    const shape = [1, 1, 6, 6];
    for (let row = 0; row < 6; row++)
      for (let column = 0; column < 6; column++) {
        const found = map(shape, impulse(shape, row, column), firDown);
        expect(found.shape).toEqual([1, 1, 3, 3]);
        expect(found.data[4]).toBeCloseTo(((taps[row - 1] ?? 0) * (taps[column - 1] ?? 0)) / 64, 15);
      }
  });

  it.each([
    ['up', firUp],
    ['down', firDown],
  ] as const)('keeps constants and linear ramps away from the edges (%s)', (_name, f) => {
    const shape = [1, 2, 8, 12];
    const [, , , width = 1] = shape;
    const constant = map(shape, new Float64Array(192).fill(3), f);
    const ramp = map(
      shape,
      Float64Array.from({ length: 192 }, (_, i) => i % width),
      f,
    );
    const [, , rows = 1, columns = 1] = constant.shape;
    const scale = width / columns;
    for (let i = 0; i < constant.data.length; i++) {
      const [row, column] = [Math.floor(i / columns) % rows, i % columns];
      if (row < 1 || column < 1 || row > rows - 2 || column > columns - 2) continue;
      expect(constant.data[i]).toBeCloseTo(3, 12);
      // The middle of pixel c of the result lies at (c + 1/2) scale - 1/2 in the image.
      expect(ramp.data[i]).toBeCloseTo((column + 0.5) * scale - 0.5, 12);
    }
  });

  it('halves and doubles by adjoint maps, up to the factor 4 of the areas', () => {
    const [large, small]: [Shape, Shape] = [[2, 3, 6, 10], [2, 3, 3, 5]]; // prettier-ignore
    const [x, h] = [random('x', large), random('h', small)];
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    const [up, down] = [map(small, h, firUp).data, map(large, x, firDown).data];
    expect(dot(up, x) / 4).toBeCloseTo(dot(h, down), 12);
  });

  it('is a convolution with the filter in both axes, for every padding and gain', () => {
    const [shape, kernel] = [[1, 1, 7, 6], outer.map((v) => (v * 4) / 64)]; // prettier-ignore
    const x = random('filtered', shape);
    for (const pad of [1, 2, 3]) {
      const g = graph();
      const [image, weights] = [input(g, 'x', shape), input(g, 'k', [1, 1, 4, 4])];
      const plain = conv(image, { kernel: weights }, { stride: 1, pad });
      const own = alongBoth(image, (size) => fir(size, { gain: 2, pad: [pad, pad] }));
      const [expected, found] = evaluate([plain, own], { x, k: kernel });
      expect(own.shape).toEqual(plain.shape);
      close(found!, expected!);
    }
  });
});

describe('bilinear interpolation with aligned corners', () => {
  it('is the one that was worked out by hand', () => {
    // Rows at 0, 1/2, 1 and columns at 0, 2/3, 4/3, 2 of [[0, 3, 6], [6, 9, 3]].
    const { shape, data } = map([1, 1, 2, 3], [0, 3, 6, 6, 9, 3], (x) => resizeBilinear(x, [3, 4]));
    expect(shape).toEqual([1, 1, 3, 4]);
    close(data, [0, 2, 4, 6, 3, 5, 5.5, 4.5, 6, 8, 7, 3]);
  });

  it('is exact for planes at any size, keeps corners, and takes the first pixel for a single one', () => {
    const [height, width] = [3, 5];
    const plane = (row: number, column: number): number => 2 + 3 * row - column;
    const x = Float64Array.from({ length: 15 }, (_, i) => plane(Math.floor(i / width), i % width));
    for (const [rows, columns] of [
      [1, 1],
      [2, 2],
      [3, 9],
      [4, 3],
      [7, 11],
    ] as const) {
      // prettier-ignore
      const { data } = map([1, 1, height, width], x, (image) => resizeBilinear(image, [rows, columns]));
      data.forEach((value, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const at = (k: number, from: number, to: number): number => (to === 1 ? 0 : (k * (from - 1)) / (to - 1));
        expect(value).toBeCloseTo(plane(at(row, height, rows), at(column, width, columns)), 12);
      });
    }
  });

  it('leaves an image of the right size alone', () => {
    const x = input(graph(), 'x', [1, 2, 3, 4]);
    expect(resizeBilinear(x, [3, 4])).toBe(x);
  });
});

describe('windows of 5 pixels', () => {
  const shape = [2, 2, 4, 7];
  const x = random('windows', shape);
  const around = (i: number): number[] => {
    const [plane, row, column] = [Math.floor(i / 28), Math.floor(i / 7) % 4, i % 7];
    const values: number[] = [];
    for (let r = Math.max(0, row - 2); r <= Math.min(3, row + 2); r++)
      for (let c = Math.max(0, column - 2); c <= Math.min(6, column + 2); c++) values.push(x[plane * 28 + r * 7 + c]!);
    return values;
  };

  it('have the mean over 25 pixels, zeros where there is no image', () => {
    const { data } = map(shape, x, (image) => windowMean(image, 5));
    data.forEach((v, i) => expect(v).toBeCloseTo(around(i).reduce((a, b) => a + b, 0) / 25, 12));
  });

  it('have the maximum over the pixels of the image, also where all are negative', () => {
    const { data } = map(shape, x, (image) => windowMax(image, 5));
    data.forEach((v, i) => expect(v).toBe(Math.max(...around(i))));
    expect([...map([1, 1, 1, 3], [-3, -1, -2], (image) => windowMax(image, 5)).data]).toEqual([-1, -1, -1]);
    expect([...map([1, 1, 1, 5], [1, 2, 3, 2, 1], (image) => windowMax(image, 3)).data]).toEqual([2, 3, 3, 3, 2]);
  });
});

describe('a convolution of the phases', () => {
  it.each([
    [2, [2, 3, 8, 6]],
    [2, [1, 2, 5, 7]],
    [3, [2, 1, 4, 4]],
    [4, [1, 3, 3, 9]],
  ] as const)('of dilation %d is one with %d - 1 zeros between its weights, for %j', (dilation, shape) => {
    const [channels, reach] = [shape[1], 2 * dilation + 1];
    const g = graph();
    const [image, small] = [input(g, 'x', shape), input(g, 'k', [4, channels, 3, 3])];
    const wide = input(g, 'wide', [4, channels, reach, reach]);
    const k = random('k', small.shape);
    const spread = new Float64Array(sizeOf(wide.shape));
    k.forEach((value, i) => {
      const [plane, row, column] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
      spread[plane * reach ** 2 + row * dilation * reach + column * dilation] = value;
    });
    const own = onPhases(image, dilation, (phases) => conv(phases, { kernel: small }, { stride: 1, pad: 1 }));
    const plain = conv(image, { kernel: wide }, { stride: 1, pad: dilation });
    const [found, expected] = evaluate([own, plain], { x: random('dilated', shape), k, wide: spread });
    expect(own.shape).toEqual(plain.shape);
    close(found!, expected!);
  });
});
