/** @file Some columns of the two-dimensional Fourier transform: Cartesian magnetic resonance imaging. */
import { inverseFft2Into, fft2Into, type Complex } from '../../../base/fft.ts';
import { checkOptions } from '../../../base/check.ts';
import { ShapeError } from '../../../base/errors.ts';
import { batchOf, sizeOf, zeros, type Shape, type Tensor } from '../../../base/tensor.ts';
import { hartley, negativeOf } from './hartley.ts';
import { linearOperator } from '../linear-operator.ts';
import type { LinearOperator } from '../operator.ts';
import {
  gathered,
  measuredFirst,
  partialOrthonormal,
  scattered,
  type Orthonormal,
} from '../sensing/partial-orthonormal.ts';
import { imageShape } from '../shapes.ts';

/**
 * Columns of the orthonormal Fourier transform of an image, measured in full: `[1 or 2, H, W]` to `[2, H, columns]`, real
 * and imaginary parts. Two channels are the real and imaginary parts of a complex image, whose singular values are all 1;
 * one is a real image, for which a frequency and its negative carry the same information, so that s = 1 where both are measured and 1
 * / sqrt(2) where one is.
 * @param columns - which, in the order of frequencies with zero in the middle: column j is frequency j - floor(W / 2)
 * @throws ShapeError unless there are 1 or 2 channels; ConfigError if a column is not one of 0 to W - 1, or is there twice.
 * @see Song et al. 2022, "Solving inverse problems in medical imaging with score-based generative models", section 3.1
 */
export function subsampledFourier(shapeIn: Shape, columns: readonly number[]): LinearOperator {
  const { channels, height, width } = imageShape('fourier', shapeIn);
  if (channels > 2) throw new ShapeError(`fourier: expected 1 or 2 channels (real and imaginary), got ${channels}`);
  const valid = columns.every((j) => Number.isSafeInteger(j) && j >= 0 && j < width);
  checkOptions(
    [columns.length > 0, 'columns', 'expected at least one, got none'],
    [valid, 'columns', `expected integers of 0 to ${width - 1}, got [${columns}]`],
    [new Set(columns).size === columns.length, 'columns', `expected each once, got [${columns}]`],
  );
  const frequencies = columns.map((j) => (j - (width >> 1) + width) % width);
  const places = Array.from({ length: height }, (_, y) => frequencies.map((k) => y * width + k)).flat();
  const kept = Uint32Array.from([...places, ...places.map((i) => i + height * width)]);
  const shapeOut = [2, height, columns.length];
  const transform = fourier(height, width);
  return channels === 2
    ? partialOrthonormal({ kind: 'fourier', shapeIn, shapeOut, transform, kept })
    : ofRealImages({ shapeIn, shapeOut, transform, kept, places });
}

/** The orthonormal transform of `[B, 2 H W]`, real and imaginary parts. */
function fourier(height: number, width: number): Orthonormal {
  const each =
    (into: typeof fft2Into) =>
    ({ shape, data }: Tensor): Tensor => {
      const out = data.slice();
      forEachImage(out, height * width, (image) => into(image, height, width));
      return { shape, data: out };
    };
  return { forward: each(fft2Into), inverse: each(inverseFft2Into) };
}

function forEachImage(data: Float64Array, area: number, visit: (image: Complex) => void): void {
  for (let start = 0; start < data.length; start += 2 * area)
    visit({ re: data.subarray(start, start + area), im: data.subarray(start + area, start + 2 * area) });
}

interface RealParts extends Pick<LinearOperator, 'shapeIn' | 'shapeOut'> {
  readonly transform: Orthonormal;
  /** Measured coordinates of the complex transform. */
  readonly kept: Uint32Array;
  /** Measured frequencies. */
  readonly places: readonly number[];
}

/**
 * A x = P F (x + 0 i). V' is the Hartley transform, Re F x - Im F x, orthonormal and its own inverse; the two coordinates
 * of a frequency and its negative are measured equally well.
 */
function ofRealImages({ shapeIn, shapeOut, transform, kept, places }: RealParts): LinearOperator {
  const [, height = 1, width = 1] = shapeIn;
  const n = sizeOf(shapeIn);
  const apply = (x: Tensor): Tensor => {
    const batch = batchOf(x);
    const complex = zeros([batch, 2 * n]);
    for (let b = 0; b < batch; b++) complex.data.set(x.data.subarray(b * n, (b + 1) * n), 2 * b * n);
    return { shape: [batch, ...shapeOut], data: gathered(transform.forward(complex), kept).data };
  };
  const adjoint = ({ shape: [batch = 0], data }: Tensor): Tensor => {
    const complex = transform.inverse(scattered({ shape: [batch, kept.length], data }, kept, 2 * n));
    const out = zeros([batch, ...shapeIn]);
    for (let b = 0; b < batch; b++) out.data.set(complex.data.subarray(2 * b * n, (2 * b + 1) * n), b * n);
    return out;
  };
  const negative = (i: number): number => negativeOf(i, height, width);
  const measured = new Set(places);
  const order = measuredFirst([...measured].concat(places.map(negative).filter((i) => !measured.has(i))), n);
  const r = new Set([...places, ...places.map(negative)]).size;
  const singularValues = Float64Array.from(order.subarray(0, r), (i) =>
    measured.has(i) && measured.has(negative(i)) ? 1 : Math.SQRT1_2,
  );
  const vt = (x: Tensor): Tensor => gathered(hartley(x, shapeIn), order);
  const v = (c: Tensor): Tensor => {
    const { shape, data } = hartley(scattered(c, order), shapeIn);
    return { shape: [batchOf({ shape }), ...shapeIn], data };
  };
  const over = (c: Tensor, size: number): Tensor => {
    const batch = batchOf(c);
    const out = zeros([batch, size]);
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < r; i++)
        out.data[b * size + i] = c.data[(b * c.data.length) / batch + i]! / singularValues[i]!;
    return out;
  };
  return linearOperator({
    kind: 'fourier',
    shapeIn,
    shapeOut,
    apply,
    adjoint,
    svd: { singularValues, vt, v, ut: (y) => over(vt(adjoint(y)), r), u: (c) => apply(v(over(c, n))) },
  });
}
