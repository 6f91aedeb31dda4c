/** @file How far the samples of a solver are from the exact ones of the same starts. */
import { expectShape, type Tensor } from '../base/tensor.ts';
import { meanEstimate, type Estimate } from './estimate.ts';

/** How far samples are from others of the same starts, over all numbers of them. */
export interface EndPointError {
  /** Root mean square of the difference, with its error by the delta method: that of the mean square over twice the root. */
  readonly rms: Estimate;
  /** The root mean square of half of the samples is at most this: few samples may have gone elsewhere. */
  readonly median: number;
}

/**
 * The distance of samples from a reference.
 * @param x - `[B, …]`
 * @param reference - the samples of the same starts, shaped like x
 * @throws ShapeError if the shapes differ.
 */
export function endPointError(x: Tensor, reference: Tensor): EndPointError {
  expectShape(x, reference.shape, 'x');
  const [n = 1] = x.shape;
  const size = x.data.length / n;
  const squares = new Float64Array(n);
  for (let i = 0; i < x.data.length; i++)
    squares[Math.floor(i / size)]! += (x.data[i]! - reference.data[i]!) ** 2 / size;
  const { value: mean, standardError } = meanEstimate(squares);
  const value = Math.sqrt(mean);
  return {
    rms: { value, standardError: value === 0 ? 0 : standardError / (2 * value) },
    median: Math.sqrt(squares.toSorted()[(n - 1) >> 1] ?? NaN),
  };
}
