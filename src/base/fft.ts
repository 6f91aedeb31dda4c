/**
 * @file The discrete Fourier transform of any length, orthonormal: X_k = n^(-1/2) sum_j x_j exp(-2 pi i j k / n). Powers of
 * two go by radix 2 (Cooley and Tukey 1965), other lengths by a chirp convolution (Bluestein 1970).
 */
import { ShapeError } from './errors.ts';

/** Complex numbers as two arrays. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Transforms `re` and `im` of length n in place, without a factor. */
type Kernel = (re: Float64Array, im: Float64Array) => void;

const kernels = new Map<number, Kernel>();

function kernelOf(n: number): Kernel {
  const known = kernels.get(n);
  if (known !== undefined) return known;
  const kernel = (n & (n - 1)) === 0 ? radix2(n) : bluestein(n);
  kernels.set(n, kernel);
  return kernel;
}

/** exp(-2 pi i step k / n) for k below `count`; `step k` is reduced first, so that long tables lose no digits. */
function roots(n: number, count: number, power: (k: number) => number): Complex {
  const angle = (_: unknown, k: number): number => (-2 * Math.PI * (power(k) % n)) / n;
  const angles = Float64Array.from({ length: count }, angle);
  return { re: angles.map(Math.cos), im: angles.map(Math.sin) };
}

function radix2(n: number): Kernel {
  const { re: cos, im: sin } = roots(n, n >> 1, (k) => k);
  const reversed = new Uint32Array(n);
  for (let i = 1; i < n; i++) reversed[i] = (reversed[i >> 1]! >> 1) | (i & 1 ? n >> 1 : 0);
  return (re, im) => {
    for (let i = 0; i < n; i++) {
      const j = reversed[i]!;
      if (i >= j) continue;
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
    for (let half = 1; half < n; half *= 2) {
      const stride = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [a, b] = [start + k, start + k + half];
          const [c, s] = [cos[k * stride]!, sin[k * stride]!];
          const re1 = re[b]! * c - im[b]! * s;
          const im1 = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - re1;
          im[b] = im[a]! - im1;
          re[a] = re[a]! + re1;
          im[a] = im[a]! + im1;
        }
      }
    }
  };
}

/** 2 j k = j^2 + k^2 - (k - j)^2 makes a convolution of the sum, and the convolution is done at a power of two. */
function bluestein(n: number): Kernel {
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const fast = kernelOf(size);
  const chirp = roots(2 * n, n, (k) => k * k); // exp(-pi i k^2 / n)
  const filter = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let k = 0; k < n; k++) {
    for (const at of [k, (size - k) % size]) {
      filter.re[at] = chirp.re[k]! / size;
      filter.im[at] = -chirp.im[k]! / size;
    }
  }
  fast(filter.re, filter.im);
  return (re, im) => {
    const a = { re: new Float64Array(size), im: new Float64Array(size) };
    for (let k = 0; k < n; k++) {
      a.re[k] = re[k]! * chirp.re[k]! - im[k]! * chirp.im[k]!;
      a.im[k] = re[k]! * chirp.im[k]! + im[k]! * chirp.re[k]!;
    }
    fast(a.re, a.im);
    for (let k = 0; k < size; k++) {
      const real = a.re[k]! * filter.re[k]! - a.im[k]! * filter.im[k]!;
      a.im[k] = a.re[k]! * filter.im[k]! + a.im[k]! * filter.re[k]!;
      a.re[k] = real;
    }
    fast(a.im, a.re); // real and imaginary parts exchanged: the inverse transform
    for (let k = 0; k < n; k++) {
      re[k] = a.re[k]! * chirp.re[k]! - a.im[k]! * chirp.im[k]!;
      im[k] = a.re[k]! * chirp.im[k]! + a.im[k]! * chirp.re[k]!;
    }
  };
}

/**
 * The orthonormal transform of each row of `[rows, n]`, in place.
 * @throws ShapeError if the two arrays differ in length, or do not hold whole rows.
 */
export function fftInto({ re, im }: Complex, n: number): void {
  if (re.length !== im.length || re.length % n !== 0)
    throw new ShapeError(`fft: expected whole rows of ${n} in both parts, got ${re.length} and ${im.length} numbers`);
  const kernel = kernelOf(n);
  const factor = 1 / Math.sqrt(n);
  for (let start = 0; start < re.length; start += n)
    kernel(re.subarray(start, start + n), im.subarray(start, start + n));
  for (let i = 0; i < re.length; i++) {
    re[i]! *= factor;
    im[i]! *= factor;
  }
}

/** The inverse of `fftInto`, which is its adjoint. */
export function inverseFftInto({ re, im }: Complex, n: number): void {
  fftInto({ re: im, im: re }, n);
}

/** The orthonormal transform of each plane of `[planes, height, width]`, in place. */
export function fft2Into(planes: Complex, height: number, width: number): void {
  fftInto(planes, width);
  const turned = transposed(planes, height, width);
  fftInto(turned, height);
  const back = transposed(turned, width, height);
  planes.re.set(back.re);
  planes.im.set(back.im);
}

/** The inverse of `fft2Into`, which is its adjoint. */
export function inverseFft2Into({ re, im }: Complex, height: number, width: number): void {
  fft2Into({ re: im, im: re }, height, width);
}

function transposed({ re, im }: Complex, height: number, width: number): Complex {
  const turn = (from: Float64Array): Float64Array => {
    const to = new Float64Array(from.length);
    for (let start = 0; start < from.length; start += height * width)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) to[start + x * height + y] = from[start + y * width + x]!;
    return to;
  };
  return { re: turn(re), im: turn(im) };
}
