/** @file Blur: circular convolution with a kernel, and the kernels of defocus and motion. */
import { checkOptions, positive } from '../../../base/check.ts';
import { ShapeError } from '../../../base/errors.ts';
import { fft2Into, inverseFft2Into, type Complex } from '../../../base/fft.ts';
import { batchOf, sizeOf, zeros, type Shape, type Tensor } from '../../../base/tensor.ts';
import { hartley, negativeOf } from '../scans/hartley.ts';
import { linearOperator } from '../linear-operator.ts';
import type { LinearOperator } from '../operator.ts';
import { imageShape } from '../shapes.ts';

/**
 * Circular convolution of every channel with a kernel, by Fourier transforms: A = F* diag(h) F. The singular values are
 * |h|, V' is the Hartley transform and U is V turned by the phases of h.
 * @param kernel - `[h, w]`, not larger than the image; its center is at (floor(h / 2), floor(w / 2))
 * @throws ShapeError if the kernel is larger than the image.
 */
export function blur(shapeIn: Shape, kernel: Tensor): LinearOperator {
  const { channels, height, width } = imageShape('blur', shapeIn);
  const [rows = 0, columns = 0] = kernel.shape;
  if (kernel.shape.length !== 2 || sizeOf(kernel.shape) === 0 || rows > height || columns > width)
    throw new ShapeError(`blur: expected a kernel [h, w] within ${height} x ${width} pixels, got [${kernel.shape}]`);
  checkOptions([kernel.data.every(Number.isFinite), 'kernel', 'expected finite numbers']);
  const area = height * width;
  const re = new Float64Array(area);
  const im = new Float64Array(area);
  kernel.data.forEach((value, i) => {
    const y = (Math.floor(i / columns) - (rows >> 1) + height) % height;
    const x = ((i % columns) - (columns >> 1) + width) % width;
    re[y * width + x] = value * Math.sqrt(area);
  });
  fft2Into({ re, im }, height, width); // h
  symmetrizeInto({ re, im }, height, width);
  const sizes = re.map((value, k) => Math.hypot(value, im[k]!));
  // Where nothing comes through, any phase will do.
  const phase = {
    re: re.map((value, k) => (sizes[k]! > 0 ? value / sizes[k]! : 1)),
    im: im.map((value, k) => (sizes[k]! > 0 ? value / sizes[k]! : 0)),
  };

  /** F* diag(a + sign b i) F x of every plane, for real results. */
  const filtered = (x: Tensor, { a, b, sign }: { a: Float64Array; b: Float64Array; sign: number }): Tensor => {
    const planes = { re: x.data.slice(), im: new Float64Array(x.data.length) };
    fft2Into(planes, height, width);
    for (let i = 0; i < x.data.length; i++) {
      const [c, s] = [a[i % area]!, sign * b[i % area]!];
      const real = planes.re[i]!;
      planes.re[i] = c * real - s * planes.im[i]!;
      planes.im[i] = c * planes.im[i]! + s * real;
    }
    inverseFft2Into(planes, height, width);
    return { shape: x.shape, data: planes.re };
  };
  const image = ({ shape, data }: Tensor): Tensor => ({ shape: [batchOf({ shape }), ...shapeIn], data });
  const vt = (x: Tensor): Tensor => hartley(x, shapeIn);
  const v = (c: Tensor): Tensor => image(hartley(c, shapeIn));
  return linearOperator({
    kind: 'blur',
    shapeIn,
    shapeOut: shapeIn,
    apply: (x) => filtered(x, { a: re, b: im, sign: 1 }),
    adjoint: (y) => filtered(y, { a: re, b: im, sign: -1 }),
    svd: {
      singularValues: Float64Array.from({ length: channels * area }, (_, i) => sizes[i % area]!),
      vt,
      v,
      ut: (y) => vt(filtered(y, { a: phase.re, b: phase.im, sign: -1 })),
      u: (c) => filtered(v(c), { a: phase.re, b: phase.im, sign: 1 }),
    },
  });
}

/**
 * Makes h of a frequency and of its negative conjugate to the last bit: what rounding leaves of a vanishing h has a phase
 * too, and phases that do not match would not turn real images into real ones.
 */
function symmetrizeInto({ re, im }: Complex, height: number, width: number): void {
  for (let i = 0; i < re.length; i++) {
    const j = negativeOf(i, height, width);
    const [real, imaginary] = [(re[i]! + re[j]!) / 2, (im[i]! - im[j]!) / 2];
    re[i] = re[j] = real;
    im[i] = imaginary;
    im[j] = -imaginary;
  }
}

/**
 * A Gaussian kernel of sum 1, cut at three standard deviations.
 * @param std - in pixels
 * @throws ConfigError unless it is a positive number.
 */
export function gaussianKernel(std: number): Tensor {
  checkOptions(positive('std', std));
  const radius = Math.ceil(3 * std);
  const side = 2 * radius + 1;
  const line = Array.from({ length: side }, (_, i) => Math.exp(-0.5 * ((i - radius) / std) ** 2));
  return normalized(
    line.flatMap((a) => line.map((b) => a * b)),
    side,
  );
}

/** A straight motion. */
export interface MotionOptions {
  /** In pixels. */
  readonly length: number;
  /** In radians from the horizontal, counter-clockwise; 0 by default. */
  readonly angle?: number;
}

/**
 * The kernel of a straight motion during the exposure, of sum 1: points along the line, shared among the four nearest
 * pixels.
 * @throws ConfigError unless the length is a positive number and the angle a number.
 */
export function motionKernel({ length, angle = 0 }: MotionOptions): Tensor {
  checkOptions(positive('length', length), [Number.isFinite(angle), 'angle', `expected a number, got ${angle}`]);
  const radius = Math.ceil(length / 2) + 1;
  const side = 2 * radius + 1;
  const out = zeros([side, side]).data;
  const points = 20 * Math.ceil(length);
  for (let k = 0; k < points; k++) {
    const along = ((k + 0.5) / points - 0.5) * length;
    const [y, x] = [radius - along * Math.sin(angle), radius + along * Math.cos(angle)];
    const [top, left] = [Math.floor(y), Math.floor(x)];
    for (const [row, share] of [
      [top, 1 - (y - top)],
      [top + 1, y - top],
    ] as const) {
      out[row * side + left]! += share * (1 - (x - left));
      out[row * side + left + 1]! += share * (x - left);
    }
  }
  return normalized(out, side);
}

function normalized(values: ArrayLike<number>, side: number): Tensor {
  const data = Float64Array.from(values);
  const total = data.reduce((a, b) => a + b, 0);
  return { shape: [side, side], data: data.map((value) => value / total) };
}
