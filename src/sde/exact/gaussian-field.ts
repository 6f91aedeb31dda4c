/**
 * @file The exact score and density of Gaussian data on a periodic grid of any rank: its covariance is diagonal in the Fourier modes of the
 * grid, so that everything is a sum over frequencies.
 */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import { fftGridInto, inverseFftGridInto, type Complex } from '../../base/fft.ts';
import type { Key } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { batchOf, expectShape, sizeOf, zeros, type Shape, type Tensor } from '../../base/tensor.ts';
import { timesOf } from '../score-fn.ts';
import type { Sde } from '../sde.ts';
import type { ExactMarginals } from './gaussian-mixture.ts';

/** A Gaussian law on a grid, whose covariance depends on the distance around the grid alone. */
export interface GaussianField {
  /**
   * l_k, the variance of each mode of the orthonormal transform, in the order of the transform and in the shape of one sample, such as `[L]` or `[H, W]`; equal at
   * k and -k.
   */
  readonly spectrum: Tensor;
  /** In the shape of one sample. Default 0. */
  readonly mean?: Tensor;
  /** How many of the last axes are those of the grid; those before, such as channels, are independent. Default all of them. */
  readonly axes?: number;
}

/** What is known of such data besides score and density. */
export interface ExactField extends ExactMarginals {
  /** E[x_0 given x_t], `[B, ...]`. */
  readonly denoised: (x: Tensor, t: number | readonly number[]) => Promise<Tensor>;
  /** The least E|z - z'|^2 / D of any estimate z' of the noise z in x_t: the mean of a^2 l_k / (a^2 l_k + s^2). */
  readonly noiseFloor: (t: number) => number;
  /** Entropy of the data, in nats: 1/2 sum log(2 pi e l_k). */
  readonly entropyNats: number;
  /** The mean in the shape of one sample. */
  readonly mean: Tensor;
  /** C x, the covariance of the data times each sample `[B, ...]`. */
  readonly covariance: (x: Tensor) => Tensor;
  /** Independent samples of the data, one for each key: `[keys.length, ...]`. */
  readonly draw: (keys: readonly Key[]) => Tensor;
}

/**
 * Marginals of an SDE over N(mean, F^-1 diag(l) F) data: with v_k = a^2 l_k + s^2 the score is -F^-1((x - a mean)^_k / v_k), the denoised estimate
 * mean + F^-1(a l_k (x - a mean)^_k / v_k), the log density -1/2 sum_k [log(2 pi v_k) + |(x - a mean)^_k|^2 / v_k].
 * @throws ConfigError if a variance is negative, or differs at k and -k.
 * @throws ShapeError if the mean has another shape, or there are fewer axes than are asked for.
 * @see Gray 2006, "Toeplitz and circulant matrices: a review", section 3.1
 * @example
 * ```ts
 * import { key, ve } from 'scorefield';
 * import { autoregressionSpectrum, gaussianField } from 'scorefield/sde';
 *
 * const field = gaussianField(ve(), { spectrum: autoregressionSpectrum(64, { coefficients: [0.9] }) });
 * console.log(field.noiseFloor(0.5), field.draw([key(1)]).shape);
 * ```
 */
export function gaussianField(sde: Sde, { spectrum, mean, axes }: GaussianField): ExactField {
  const { shape } = spectrum;
  const center = mean ?? zeros(shape);
  expectShape(center, shape, 'mean');
  const grid = gridOf(shape, axes);
  requireEven(spectrum, grid);
  const variances = (t: number): Float64Array => {
    const [a, s] = [sde.alpha(t), sde.sigma(t)];
    return spectrum.data.map((l) => a * a * l + s * s);
  };
  const filters = filterOf(shape, grid);
  const centered = (x: Tensor, times: readonly number[]): Tensor =>
    combine([1, x], [times.map((t) => -sde.alpha(t)), { shape: x.shape, data: repeated(center.data, batchOf(x)) }]);
  const scored = (x: Tensor, times: readonly number[]): Tensor =>
    filters(x, times, (t) => variances(t).map((v) => -1 / v));
  const score = (x: Tensor, t: number | readonly number[]): Tensor => {
    const times = timesOf(t, x);
    return scored(centered(x, times), times);
  };
  const withJvp = (x: Tensor, t: number | readonly number[], v: Tensor): { score: Tensor; jvp: Tensor } => {
    expectShape(v, x.shape, 'v');
    return { score: score(x, t), jvp: scored(v, timesOf(t, x)) };
  };
  return {
    score: (x, t) => Promise.resolve().then(() => score(x, t)),
    scoreJvp: (x, t, v) => Promise.resolve().then(() => withJvp(x, t, v)),
    scoreVjp: (x, t, w) =>
      Promise.resolve().then(() => {
        const { score: own, jvp } = withJvp(x, t, w);
        return { score: own, vjp: jvp };
      }),
    logDensity: (x, t) => {
      const times = timesOf(t, x);
      const apart = centered(x, times);
      const squares = dotPerSample(apart, scored(apart, times));
      return squares.map((square, i) => 0.5 * (square - logVolume(variances(times[i] ?? 0))));
    },
    denoised: (x, t) =>
      Promise.resolve().then(() => {
        const times = timesOf(t, x);
        const gain = (time: number): Float64Array => {
          const v = variances(time);
          const a = sde.alpha(time);
          return spectrum.data.map((l, k) => (a * l) / v[k]!);
        };
        const moved = filters(centered(x, times), times, gain);
        return combine([1, moved], [1, { shape: x.shape, data: repeated(center.data, batchOf(x)) }]);
      }),
    noiseFloor: (t) => {
      const v = variances(t);
      const own = sde.alpha(t) ** 2;
      return spectrum.data.reduce((sum, l, k) => sum + (own * l) / v[k]!, 0) / v.length;
    },
    entropyNats: 0.5 * (logVolume(spectrum.data) + spectrum.data.length),
    mean: center,
    covariance: (x) => filters(x, new Array<number>(batchOf(x)).fill(0), () => spectrum.data),
    draw: (keys) => {
      const z = normalBatch(keys, shape);
      const moved = filters(z, new Array<number>(keys.length).fill(0), () => spectrum.data.map(Math.sqrt));
      return combine([1, moved], [1, { shape: z.shape, data: repeated(center.data, keys.length) }]);
    },
  };
}

/**
 * The Wasserstein distance W_2 of two such laws of one grid: the root of the sum of (sqrt l_k - sqrt l'_k)^2 and of the squared distance of their means.
 * @throws ShapeError if their shapes or axes differ.
 * @see Gelbrich 1990, theorem 2.1
 */
export function fieldDistance(a: GaussianField, b: GaussianField): number {
  const { shape } = a.spectrum;
  expectShape(b.spectrum, shape, 'spectrum');
  if ((a.axes ?? shape.length) !== (b.axes ?? shape.length))
    throw new ShapeError(`fieldDistance: expected grids of the same axes, got ${a.axes} and ${b.axes}`);
  return Math.sqrt(
    a.spectrum.data.reduce((sum, l, k) => {
      const apart = (a.mean?.data[k] ?? 0) - (b.mean?.data[k] ?? 0);
      return sum + (Math.sqrt(l) - Math.sqrt(b.spectrum.data[k]!)) ** 2 + apart ** 2;
    }, 0),
  );
}

/** Sum of log(2 pi v). */
function logVolume(variances: Float64Array): number {
  return variances.reduce((sum, v) => sum + Math.log(2 * Math.PI * v), 0);
}

function repeated(sample: Float64Array, count: number): Float64Array {
  const out = new Float64Array(count * sample.length);
  for (let i = 0; i < count; i++) out.set(sample, i * sample.length);
  return out;
}

function gridOf(shape: Shape, axes = shape.length): Shape {
  if (!(Number.isInteger(axes) && axes >= 1 && axes <= shape.length))
    throw new ShapeError(`axes: expected 1 to ${shape.length} axes of the samples [${shape}], got ${axes}`);
  return shape.slice(shape.length - axes);
}

/** Batches times real factors in the Fourier modes of their grids, those of the time of each sample. */
function filterOf(
  shape: Shape,
  grid: Shape,
): (x: Tensor, times: readonly number[], factors: (t: number) => Float64Array) => Tensor {
  const size = sizeOf(shape);
  return (x, times, factors) => {
    expectShape(x, [undefined, ...shape], 'x');
    const modes: Complex = { re: x.data.slice(), im: new Float64Array(x.data.length) };
    fftGridInto(modes, grid);
    let [last, own]: [number | undefined, Float64Array] = [undefined, new Float64Array()];
    times.forEach((t, i) => {
      if (t !== last) [last, own] = [t, factors(t)];
      for (let k = 0, at = i * size; k < size; k++, at++) {
        modes.re[at]! *= own[k]!;
        modes.im[at]! *= own[k]!;
      }
    });
    inverseFftGridInto(modes, grid);
    return { shape: x.shape, data: modes.re };
  };
}

/** @throws ConfigError unless real data can have the spectrum. */
function requireEven({ data }: Tensor, grid: Shape): void {
  const cells = sizeOf(grid);
  const opposite = (at: number): number => {
    let [rest, place, stride] = [at % cells, at - (at % cells), cells];
    for (const size of grid) {
      stride /= size;
      place += ((size - Math.floor(rest / stride)) % size) * stride;
      rest %= stride;
    }
    return place;
  };
  const bad = data.findIndex((l, at) => !(l >= 0 && Math.abs(l - data[opposite(at)]!) <= 1e-12 * l));
  checkOptions([
    bad < 0,
    'spectrum',
    `expected variances of at least 0 that are equal at k and -k, got ${data[bad]} at ${bad} and ${data[opposite(Math.max(0, bad))]} opposite to it`,
  ]);
}
