/** @file The Gaussian over bins, as which a model decodes numbers that were rounded. */
import { upperGamma } from '../base/gamma.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import { edgesAround, type Bins } from '../sde/learning/bins.ts';

/**
 * Log probability under N(mean, std^2) of the bins in which the elements of `x` lie, summed over each sample.
 * @param x - `[B, …]`
 * @param law - `mean`, shaped like x; `std`, one for all or shaped like x; and the bins
 * @see Ho et al. 2020, eq. 13
 */
export function logBinProbability(
  x: Tensor,
  { mean, std, bins }: { readonly mean: Tensor; readonly std: number | Tensor; readonly bins: Bins },
): Float64Array {
  const size = sampleSize(x);
  const out = new Float64Array(batchOf(x));
  x.data.forEach((value, j) => {
    const offset = value - (mean.data[j] ?? 0);
    const { below, above } = edgesAround(value, bins);
    const i = Math.floor(j / size);
    const own = typeof std === 'number' ? std : (std.data[j] ?? 0);
    out[i] = (out[i] ?? 0) + logMass((offset + below) / own, (offset + above) / own);
  });
  return out;
}

/** log of the mass of N(0, 1) between two numbers, from the side on which both tails are small. */
export function logMass(low: number, high: number): number {
  if (low + high < 0) return logMass(-high, -low);
  if (low <= 0) return Math.log1p(-tail(high) - tail(-low));
  // Beyond 37 standard deviations the tails are no floats; there log Q(x) = -x^2 / 2 - log(x sqrt(2 pi)) is exact enough.
  if (low > 37) return -0.5 * low * low - Math.log(low * Math.sqrt(2 * Math.PI));
  return Math.log(tail(low) - tail(high));
}

/** Mass of N(0, 1) above x >= 0. */
function tail(x: number): number {
  return upperGamma(0.5, (x * x) / 2) / 2;
}
