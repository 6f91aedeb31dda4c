/** @file How series and fields differ in their power spectra and in the distribution of their values. */
import { fftInto } from '../base/fft.ts';

/** Lines of numbers: `[count, length]`. */
export interface Lines {
  readonly data: Float64Array;
  readonly length: number;
}

/**
 * The power of each frequency 0 to n/2, averaged over lines without their common mean; numbers that are NaN count as the mean.
 * @see Welch 1967, without windows or overlap
 */
export function powerSpectrum({ data, length }: Lines): Float64Array {
  const there = data.filter((value) => !Number.isNaN(value));
  const mean = there.reduce((sum, value) => sum + value, 0) / Math.max(1, there.length);
  const modes = {
    re: data.map((value) => (Number.isNaN(value) ? 0 : value - mean)),
    im: new Float64Array(data.length),
  };
  fftInto(modes, length);
  const power = new Float64Array((length >> 1) + 1);
  const lines = data.length / length;
  for (let line = 0; line < lines; line++)
    for (let k = 0; k < power.length; k++) {
      const at = line * length + k;
      power[k]! += (modes.re[at]! ** 2 + modes.im[at]! ** 2) / lines;
    }
  return power;
}

/**
 * The root mean square difference of two spectra in decibels. Power is counted from a floor below the largest of the second, so that what is next to nothing in both does
 * not decide.
 * @param floor - in decibels, 60 by default
 */
export function spectrumDistance(a: Float64Array, b: Float64Array, floor = 60): number {
  const least = b.reduce((most, value) => Math.max(most, value), 0) * 10 ** (-floor / 10);
  const level = (value: number): number => 10 * Math.log10(Math.max(value, least, Number.MIN_VALUE));
  const squares = a.reduce((sum, value, k) => sum + (level(value) - level(b[k]!)) ** 2, 0);
  return Math.sqrt(squares / a.length);
}
