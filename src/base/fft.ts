/**
 * @file The discrete Fourier transform of any length, orthonormal: X_k = n^(-1/2) sum_j x_j exp(-2 pi i j k / n). Lengths of small
 * factors go by one pass for each factor (Stockham's form of Cooley and Tukey 1965), others by a chirp convolution (Bluestein
 * 1970). Many transforms are done at once, with the numbers of one place of all of them side by side.
 */
import { ShapeError } from './errors.ts';

/** Complex numbers as two arrays. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Transforms the columns of `[n, columns]` in place, without a factor. */
type Kernel = (x: Complex, columns: number) => void;

const kernels = new Map<number, Kernel>();

/** A pass costs as many products for each number as its factor is large; from here on three transforms of a power of two are less. */
const largestFactor = 31;

function kernelOf(n: number): Kernel {
  const known = kernels.get(n);
  if (known !== undefined) return known;
  const factors = factorsOf(n);
  const kernel = Math.max(1, ...factors) > largestFactor ? bluestein(n) : stockham(n, factors);
  kernels.set(n, kernel);
  return kernel;
}

/** Prime factors but for fours, whose pass costs less than two of two; fours come first. */
function factorsOf(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  for (const factor of [4, 2]) for (; rest % factor === 0; rest /= factor) factors.push(factor);
  for (let factor = 3; rest > 1; factor += 2) for (; rest % factor === 0; rest /= factor) factors.push(factor);
  return factors;
}

function complex(size: number): Complex {
  return { re: new Float64Array(size), im: new Float64Array(size) };
}

/** exp(-2 pi i step k / n) for k below `count`; `step k` is reduced first, so that long tables lose no digits. */
function roots(n: number, count: number, power: (k: number) => number): Complex {
  const angle = (_: unknown, k: number): number => (-2 * Math.PI * (power(k) % n)) / n;
  const angles = Float64Array.from({ length: count }, angle);
  return { re: angles.map(Math.cos), im: angles.map(Math.sin) };
}

/** One pass over all numbers: groups of `factor` products, of which each group adds up to one run of numbers. */
interface Pass {
  readonly factor: number;
  /** Places that are beside each other in a run. */
  readonly run: number;
  /** The places that a product is read from and added to. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly root: Complex;
}

/**
 * Of what is left of the length, m p, the pass of a factor p takes y(q, k) = w^(q k) sum_j x(q + m j) exp(-2 pi i j k / p) for q
 * below m, with w = exp(-2 pi i / (m p)), and the transforms of length m of what is beside each other in y remain.
 */
function passOf(n: number, turn: Complex, { rest, p }: { readonly rest: number; readonly p: number }): Pass {
  const [m, run] = [rest / p, n / rest];
  const terms = Array.from(
    { length: m * p * p },
    (_, t) => [Math.floor(t / p / p), Math.floor(t / p) % p, t % p] as const,
  );
  const powers = terms.map(([q, k, j]) => (run * q * k + (n / p) * ((j * k) % p)) % n);
  return {
    factor: p,
    run,
    from: Int32Array.from(terms, ([q, , j]) => (q + m * j) * run),
    to: Int32Array.from(terms, ([q, k]) => (p * q + k) * run),
    root: { re: Float64Array.from(powers, (k) => turn.re[k]!), im: Float64Array.from(powers, (k) => turn.im[k]!) },
  };
}

function stockham(n: number, factors: readonly number[]): Kernel {
  const turn = roots(n, n, (k) => k);
  let rest = n;
  const passes = factors.map((p) => {
    const pass = passOf(n, turn, { rest, p });
    rest /= p;
    return pass;
  });
  return (x, columns) => {
    let [from, to] = [x, complex(n * columns)];
    for (const pass of passes) {
      (pass.factor === 4 ? fourInto : passInto)(to, from, { ...pass, columns });
      [from, to] = [to, from];
    }
    if (from === x) return;
    x.re.set(from.re);
    x.im.set(from.im);
  };
}

function passInto(y: Complex, x: Complex, pass: Pass & { readonly columns: number }): void {
  const { factor, columns, root } = pass;
  const length = pass.run * columns;
  const [xRe, xIm, yRe, yIm] = [x.re, x.im, y.re, y.im];
  for (let t = 0; t < pass.to.length; t++) {
    const [c, s] = [root.re[t]!, root.im[t]!];
    let at = pass.from[t]! * columns;
    const begin = pass.to[t]! * columns;
    if (t % factor === 0)
      for (let i = begin; i < begin + length; i++, at++) {
        yRe[i] = c * xRe[at]! - s * xIm[at]!;
        yIm[i] = c * xIm[at]! + s * xRe[at]!;
      }
    else
      for (let i = begin; i < begin + length; i++, at++) {
        yRe[i]! += c * xRe[at]! - s * xIm[at]!;
        yIm[i]! += c * xIm[at]! + s * xRe[at]!;
      }
  }
}

/** A pass of factor 4, whose roots 1, -i, -1 and i are no products: of its 16 terms a group the powers w^(q k) alone are used. */
function fourInto(y: Complex, x: Complex, pass: Pass & { readonly columns: number }): void {
  const { columns, root } = pass;
  const length = pass.run * columns;
  const [xRe, xIm, yRe, yIm] = [x.re, x.im, y.re, y.im];
  const apart = x.re.length / 4;
  for (let t = 0; t < pass.to.length; t += 16) {
    const [c1, s1, c2, s2] = [root.re[t + 4]!, root.im[t + 4]!, root.re[t + 8]!, root.im[t + 8]!];
    const [c3, s3] = [root.re[t + 12]!, root.im[t + 12]!];
    let to = pass.to[t]! * columns;
    const begin = pass.from[t]! * columns;
    for (let i = begin; i < begin + length; i++, to++) {
      const [j, k, l] = [i + apart, i + 2 * apart, i + 3 * apart];
      const [sumRe, sumIm] = [xRe[i]! + xRe[k]!, xIm[i]! + xIm[k]!];
      const [gapRe, gapIm] = [xRe[i]! - xRe[k]!, xIm[i]! - xIm[k]!];
      const [oddRe, oddIm] = [xRe[j]! + xRe[l]!, xIm[j]! + xIm[l]!];
      const [turnedRe, turnedIm] = [xIm[j]! - xIm[l]!, xRe[l]! - xRe[j]!]; // -i times the gap
      yRe[to] = sumRe + oddRe;
      yIm[to] = sumIm + oddIm;
      const [a, b] = [gapRe + turnedRe, gapIm + turnedIm];
      yRe[to + length] = c1 * a - s1 * b;
      yIm[to + length] = c1 * b + s1 * a;
      const [d, e] = [sumRe - oddRe, sumIm - oddIm];
      yRe[to + 2 * length] = c2 * d - s2 * e;
      yIm[to + 2 * length] = c2 * e + s2 * d;
      const [f, g] = [gapRe - turnedRe, gapIm - turnedIm];
      yRe[to + 3 * length] = c3 * f - s3 * g;
      yIm[to + 3 * length] = c3 * g + s3 * f;
    }
  }
}

/** 2 j k = j^2 + k^2 - (k - j)^2 makes a convolution of the sum, and the convolution is done at a power of two. */
function bluestein(n: number): Kernel {
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const fast = kernelOf(size);
  const chirp = roots(2 * n, n, (k) => k * k); // exp(-pi i k^2 / n)
  const filter = complex(size);
  for (let k = 0; k < n; k++) {
    for (const at of [k, (size - k) % size]) {
      filter.re[at] = chirp.re[k]! / size;
      filter.im[at] = -chirp.im[k]! / size;
    }
  }
  fast(filter, 1);
  return (x, columns) => {
    const a = complex(size * columns);
    timesInto({ re: a.re.subarray(0, x.re.length), im: a.im.subarray(0, x.re.length) }, x, chirp);
    fast(a, columns);
    timesInto(a, a, filter);
    fast({ re: a.im, im: a.re }, columns); // real and imaginary parts exchanged: the inverse transform
    timesInto(x, a, chirp);
  };
}

/** Each row of x times its factor, as many rows as there are in y. */
function timesInto(y: Complex, x: Complex, factors: Complex): void {
  const columns = y.re.length / factors.re.length;
  for (let i = 0; i < y.re.length; i++) {
    const k = Math.floor(i / columns);
    const [c, s, a, b] = [factors.re[k]!, factors.im[k]!, x.re[i]!, x.im[i]!];
    y.re[i] = c * a - s * b;
    y.im[i] = c * b + s * a;
  }
}

/**
 * The orthonormal transform of each row of `[rows, n]`, in place.
 * @throws ShapeError if the two arrays differ in length, or do not contain whole rows.
 */
export function fftInto({ re, im }: Complex, n: number): void {
  if (re.length !== im.length || re.length % n !== 0)
    throw new ShapeError(`fft: expected whole rows of ${n} in both parts, got ${re.length} and ${im.length} numbers`);
  const rows = re.length / n;
  const turned = transposed({ re, im }, rows, n);
  kernelOf(n)(turned, rows);
  setScaled({ re, im }, transposed(turned, n, rows), 1 / Math.sqrt(n));
}

function setScaled(to: Complex, from: Complex, factor: number): void {
  for (let i = 0; i < from.re.length; i++) {
    to.re[i] = factor * from.re[i]!;
    to.im[i] = factor * from.im[i]!;
  }
}

/** The inverse of `fftInto`, which is its adjoint. */
export function inverseFftInto({ re, im }: Complex, n: number): void {
  fftInto({ re: im, im: re }, n);
}

/** The orthonormal transform of each plane of `[planes, height, width]`, in place. */
export function fft2Into({ re, im }: Complex, height: number, width: number): void {
  const area = height * width;
  const [down, across] = [kernelOf(height), kernelOf(width)];
  for (let start = 0; start < re.length; start += area) {
    const plane = { re: re.subarray(start, start + area), im: im.subarray(start, start + area) };
    down(plane, width);
    const turned = transposed(plane, height, width);
    across(turned, height);
    setScaled(plane, transposed(turned, width, height), 1 / Math.sqrt(area));
  }
}

/** The inverse of `fft2Into`, which is its adjoint. */
export function inverseFft2Into({ re, im }: Complex, height: number, width: number): void {
  fft2Into({ re: im, im: re }, height, width);
}

/**
 * The orthonormal transform along every one of the last axes of `[..., ...sizes]`, in place.
 * @throws ShapeError if the two arrays differ in length, or do not contain whole grids.
 */
export function fftGridInto({ re, im }: Complex, sizes: readonly number[]): void {
  const cells = sizes.reduce((product, size) => product * size, 1);
  if (re.length !== im.length || re.length % cells !== 0)
    throw new ShapeError(`fft: expected whole grids of [${sizes}] in both parts, got ${re.length} and ${im.length}`);
  let inner = cells;
  for (const size of sizes) {
    const block = inner;
    inner /= size;
    if (size === 1) continue;
    if (inner === 1) {
      fftInto({ re, im }, size);
      continue;
    }
    for (let at = 0; at < re.length; at += block) {
      const part = { re: re.subarray(at, at + block), im: im.subarray(at, at + block) };
      kernelOf(size)(part, inner);
      setScaled(part, part, 1 / Math.sqrt(size));
    }
  }
}

/** The inverse of `fftGridInto`, which is its adjoint. */
export function inverseFftGridInto({ re, im }: Complex, sizes: readonly number[]): void {
  fftGridInto({ re: im, im: re }, sizes);
}

/** The columns of `[rows, columns]` one after another. */
function transposed({ re, im }: Complex, rows: number, columns: number): Complex {
  const to = complex(re.length);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      to.re[x * rows + y] = re[y * columns + x]!;
      to.im[x * rows + y] = im[y * columns + x]!;
    }
  return to;
}
