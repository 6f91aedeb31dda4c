/** @file Noise of measurements: Gaussian, and the Poisson noise of counted photons. */
import { map } from '../base/arith.ts';
import { checkOptions, positive } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normalInto, uniform } from '../base/random.ts';
import { batchOf, expectShape, sampleSize, zeros, type Tensor } from '../base/tensor.ts';

/** The law of a measurement y given the measurement without noise, m = A x; values are independent. */
export interface NoiseModel {
  /** The name that people read; no code branches on it. */
  readonly kind: string;
  /**
   * Draws y given m, `[B, ...]`.
   * @param keys - one per sample: sample i depends on key i alone
   * @throws ShapeError if there is not one key per sample.
   */
  simulate(keys: readonly Key[], clean: Tensor): Tensor;
  /** log p(y given m) of each sample, in nats. */
  logLikelihood(y: Tensor, clean: Tensor): Float64Array;
  /** The gradient of log p(y given m) by m; the operator's `vjp` takes it to the gradient by x. */
  gradient(y: Tensor, clean: Tensor): Tensor;
  /** The variance of each value of y given m; `gradient` is (y - m) / variance. */
  variance(clean: Tensor): Tensor;
  /** An estimate of the variance from y alone, where m is not known. */
  varianceOf(y: Tensor): Tensor;
  /**
   * The law of factor y + level given factor m + level.
   * @param level - one number for each value of a sample
   * @throws ConfigError if the law has no such form.
   */
  scaled(factor: number, level: Float64Array): NoiseModel;
}

/** Noise of one standard deviation. */
export interface GaussianNoise extends NoiseModel {
  /** Standard deviation, in the units of y. */
  readonly std: number;
}

/** One value of y given m: the law that a noise model repeats; j is its place in a sample. */
interface Law {
  readonly logLikelihood: (y: number, m: number, j: number) => number;
  readonly gradient: (y: number, m: number, j: number) => number;
  readonly variance: (m: number, j: number) => number;
  readonly varianceOf: (y: number, j: number) => number;
  readonly scaled: (factor: number, level: Float64Array) => NoiseModel;
}

/**
 * y = m + n with n from N(0, std^2 I).
 * @throws ConfigError unless std is a positive number.
 */
export function gaussianNoise(std: number): GaussianNoise {
  checkOptions(positive('std', std));
  const logNormalizer = Math.log(std) + 0.5 * Math.log(2 * Math.PI);
  const model = noiseModel(
    'gaussian',
    {
      logLikelihood: (y, m) => -0.5 * ((y - m) / std) ** 2 - logNormalizer,
      gradient: (y, m) => (y - m) / std ** 2,
      variance: () => std ** 2,
      varianceOf: () => std ** 2,
      scaled: (factor) => gaussianNoise(Math.abs(factor) * std),
    },
    (out, key, clean) => {
      normalInto(out, key);
      clean.forEach((m, i) => (out[i] = m + std * out[i]!));
    },
  );
  return { ...model, std };
}

/** Options of `poissonNoise`. */
export interface PoissonOptions {
  /** Expected counts per unit of m; more counts, less noise. */
  readonly rate: number;
  /** What is added to m, in the units of m, so that it is an intensity, such as 1 for values of -1 to 1, or one for each value; 0 by default. */
  readonly offset?: number | Float64Array;
}

/** Expected counts below which the logarithm of the likelihood goes on as a parabola. */
const leastCounts = 1e-2;

/**
 * Counted photons: k from Poisson(rate (m + offset)) and y = k / rate - offset, of mean m and variance (m + offset) / rate.
 *
 * Below 0.01 expected counts the variance stays what it is there, so that the gradient (y - m) / variance leads back to where
 * intensities are positive and the log-likelihood goes on as a parabola, finite and concave. Simulation takes intensities
 * below 0 for 0. Of k counts the variance is taken to be that of max(k, 1).
 * @throws ConfigError unless the rate is a positive number and the offset a number, or one for each value.
 */
export function poissonNoise({ rate, offset = 0 }: PoissonOptions): NoiseModel {
  const each = typeof offset === 'number' ? undefined : offset;
  const finite = each?.every(Number.isFinite) ?? Number.isFinite(offset);
  checkOptions(positive('rate', rate), [
    finite,
    'offset',
    `expected a number, got ${typeof offset === 'number' ? offset : 'numbers that are not finite'}`,
  ]);
  const offsetAt = typeof offset === 'number' ? () => offset : (j: number) => offset[j]!;
  const expected = (m: number, j: number): number => rate * (m + offsetAt(j));
  const counts = (y: number, j: number): number => Math.max(0, expected(y, j));
  const variance = (m: number, j: number): number => Math.max(expected(m, j), leastCounts) / rate ** 2;
  return noiseModel(
    'poisson',
    {
      logLikelihood: (y, m, j) => {
        const [k, mean] = [counts(y, j), Math.max(expected(m, j), leastCounts)];
        const below = Math.min(0, expected(m, j) - leastCounts);
        return k * Math.log(mean) - mean - logFactorial(k) + below * (k / mean - 1) - below ** 2 / (2 * mean);
      },
      gradient: (y, m, j) => (counts(y, j) / rate - offsetAt(j) - m) / variance(m, j),
      variance,
      varianceOf: (y, j) => Math.max(counts(y, j), 1) / rate ** 2,
      scaled: (factor, level) => {
        checkOptions([factor > 0, 'factor', `expected a positive number, as counts are, got ${factor}`]);
        return poissonNoise({ rate: rate / factor, offset: level.map((by, j) => factor * offsetAt(j) - by) });
      },
    },
    (out, key, clean) =>
      clean.forEach((m, i) => {
        const mean = Math.max(0, expected(m, i));
        out[i] = (mean === 0 ? 0 : poissonCount(mean, foldIn(key, i))) / rate - offsetAt(i);
      }),
  );
}

function noiseModel(
  kind: string,
  law: Law,
  drawInto: (out: Float64Array, key: Key, clean: Float64Array) => void,
): NoiseModel {
  return {
    kind,
    simulate(keys, clean) {
      if (keys.length !== batchOf(clean))
        throw new ShapeError(`${kind} noise: expected ${batchOf(clean)} keys, one per sample, got ${keys.length}`);
      const size = sampleSize(clean);
      const out = zeros(clean.shape);
      keys.forEach((key, i) => {
        const span = [i * size, (i + 1) * size] as const;
        drawInto(out.data.subarray(...span), key, clean.data.subarray(...span));
      });
      return out;
    },
    logLikelihood(y, clean) {
      expectShape(y, clean.shape, `${kind} noise: y`);
      const size = sampleSize(clean);
      return Float64Array.from({ length: batchOf(clean) }, (_, b) => {
        let sum = 0;
        for (let j = b * size; j < (b + 1) * size; j++) sum += law.logLikelihood(y.data[j]!, clean.data[j]!, j % size);
        return sum;
      });
    },
    gradient(y, clean) {
      expectShape(y, clean.shape, `${kind} noise: y`);
      const size = sampleSize(y);
      return map(y, (value, at) => law.gradient(value, clean.data[at]!, at % size));
    },
    variance(clean) {
      const size = sampleSize(clean);
      return map(clean, (m, at) => law.variance(m, at % size));
    },
    varianceOf(y) {
      const size = sampleSize(y);
      return map(y, (value, at) => law.varianceOf(value, at % size));
    },
    scaled: law.scaled,
  };
}

/**
 * A Poisson count: by inversion up to a mean of 30, and above it by transformed rejection, without the squeezes that
 * spare logarithms.
 * @see Hormann 1993, "The transformed rejection method for generating Poisson random variables", algorithm PTRS
 */
function poissonCount(mean: number, key: Key): number {
  if (mean < 30) {
    let left = uniform(key, 1)[0]!;
    let k = 0;
    for (let p = Math.exp(-mean); left > p && k < 1000; p *= mean / ++k) left -= p;
    return k;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  for (let round = 0; ; round++) {
    const [u1 = 0, v = 0] = uniform(foldIn(key, round), 2);
    const u = u1 - 0.5;
    const room = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / room + b) * u + mean + 0.43);
    if (k < 0) continue;
    const logRatio = Math.log((v * inverseAlpha) / (a / room ** 2 + b));
    if (logRatio <= k * Math.log(mean) - mean - logFactorial(k)) return k;
  }
}

/** log k! for any k >= 0, as log Gamma(k + 1): Stirling's series at k + 8 and above, brought down by the recurrence. */
function logFactorial(k: number): number {
  let z = k + 1;
  let shift = 0;
  while (z < 9) shift += Math.log(z++);
  const w = 1 / (z * z);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
