/** @file Total variation whose weight follows from the noise alone: Morozov's discrepancy principle. */
import { combine, rmsPerSample } from '../../base/arith.ts';
import { checkOptions, positive } from '../../base/check.ts';
import { batchOf, concatRows, takeRows, type Tensor } from '../../base/tensor.ts';
import type { LinearOperator } from '../operator/operator.ts';
import { totalVariation, type TotalVariationOptions } from './total-variation.ts';

/** Options of `totalVariationByDiscrepancy`. */
export interface DiscrepancyOptions extends Omit<TotalVariationOptions, 'weight'> {
  /** Standard deviation of the noise, in the units of y. */
  readonly noiseStd: number;
}

/** Reconstructions with the weight that each was given. */
export interface DiscrepancyResult {
  /** `[B, C, H, W]` */
  readonly x: Tensor;
  readonly weights: readonly number[];
}

const [leastWeight, mostWeight] = [1e-5, 10];
/** Halvings of the range of log weights: the last is 14 / 2^7, a ninth of the weight. */
const halvings = 7;

/**
 * The reconstruction by total variation whose misfit is as large as the noise: of the weights 1e-5 to 10, the largest with
 * root mean square of y - A x at most noiseStd, found by bisection for each sample. It needs no truth to be tuned on; it is
 * known to smooth a little more than the best weight would.
 * @param y - `[B, ...shapeOut]`
 * @throws ConfigError unless noiseStd is positive; otherwise as `totalVariation`.
 * @see Morozov 1966, "On the solution of functional equations by the method of regularization"
 */
export function totalVariationByDiscrepancy(
  operator: LinearOperator,
  y: Tensor,
  { noiseStd, ...options }: DiscrepancyOptions,
): DiscrepancyResult {
  checkOptions(positive('noiseStd', noiseStd));
  const found = Array.from({ length: batchOf(y) }, (_, i) => {
    const own = takeRows(y, [i]);
    const at = (weight: number): { readonly x: Tensor; readonly weight: number; readonly fits: boolean } => {
      const x = totalVariation(operator, own, { ...options, weight });
      const [misfit = 0] = rmsPerSample(combine([1, own], [-1, operator.apply(x)]), () => 1);
      return { x, weight, fits: misfit <= noiseStd };
    };
    let best = at(mostWeight);
    if (best.fits) return best;
    best = at(leastWeight);
    let [low, high] = [Math.log(leastWeight), Math.log(mostWeight)];
    for (let k = 0; k < halvings && best.fits; k++) {
      const middle = (low + high) / 2;
      const next = at(Math.exp(middle));
      if (next.fits) [best, low] = [next, middle];
      else high = middle;
    }
    return best;
  });
  return { x: concatRows(found.map(({ x }) => x)), weights: found.map(({ weight }) => weight) };
}
