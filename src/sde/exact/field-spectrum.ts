/** @file Power spectra of Gaussian fields on periodic grids. */
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { sizeOf, tensor, type Shape, type Tensor } from '../../base/tensor.ts';

/** An autoregression x_i = sum_j c_j x_(i-j) + std e_i with unit noise e. */
export interface Autoregression {
  /** c_1, c_2, ... */
  readonly coefficients: readonly number[];
  /** Standard deviation of the innovations, above 0. Default 1. */
  readonly std?: number;
}

/**
 * The spectrum of an autoregression around a circle of some length, `[length]`: std^2 / |1 - sum_j c_j exp(-2 pi i j k / length)|^2. Over a part of the circle that
 * is long beside the memory of the process it is that of the endless one.
 * @throws ConfigError if the length or the standard deviation is not positive, or the process has no finite variance on the circle.
 * @see Brockwell and Davis 1991, "Time series: theory and methods", theorem 4.4.2
 */
export function autoregressionSpectrum(length: number, { coefficients, std = 1 }: Autoregression): Tensor {
  checkOptions(positiveInteger('length', length), positive('std', std));
  const values = Float64Array.from({ length }, (_, k) => {
    let [re, im] = [1, 0];
    coefficients.forEach((c, j) => {
      const angle = (2 * Math.PI * (((j + 1) * k) % length)) / length;
      re -= c * Math.cos(angle);
      im += c * Math.sin(angle);
    });
    return (std * std) / (re * re + im * im);
  });
  // Equal at k and -k to the last digit.
  for (let k = 1; k < length / 2; k++) values[length - k] = values[k]!;
  const bad = values.findIndex((value) => !(value < 1e15 * std * std));
  checkOptions([bad < 0, 'coefficients', `expected a process of finite variance, got [${coefficients}]`]);
  return tensor(values, [length]);
}

/** A spectrum that falls as a power of the frequency. */
export interface PowerLaw {
  /** n, the power. Default 3. */
  readonly slope?: number;
  /** k_0, below which it is flat, in waves per side; above 0. Default 1. */
  readonly corner?: number;
  /** Variance of each number of the field. Default 1. */
  readonly variance?: number;
}

/**
 * The spectrum (k^2 + k_0^2)^(-n/2) on a grid of some sizes, with k in waves per side, times a factor that gives the variance.
 * @throws ConfigError if the corner or the variance is not positive.
 */
export function powerLawSpectrum(sizes: Shape, { slope = 3, corner = 1, variance = 1 }: PowerLaw = {}): Tensor {
  checkOptions(positive('corner', corner), positive('variance', variance));
  const cells = sizeOf(sizes);
  const values = Float64Array.from({ length: cells }, (_, at) => {
    let [rest, stride, square] = [at, cells, corner ** 2];
    for (const size of sizes) {
      stride /= size;
      const k = Math.floor(rest / stride);
      square += Math.min(k, size - k) ** 2;
      rest %= stride;
    }
    return square ** (-slope / 2);
  });
  const mean = values.reduce((sum, value) => sum + value / cells, 0);
  return tensor(
    values.map((value) => (value * variance) / mean),
    sizes,
  );
}
