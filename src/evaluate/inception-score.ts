/** @file How sure a classifier is of samples, and how evenly they are of all classes. */
import { ShapeError } from '../base/errors.ts';
import { dimensionOf, type Tensor } from '../base/tensor.ts';
import { jackknife, type Estimate } from './estimate.ts';

/**
 * exp(E KL(p(y | x) || p(y))), 1 to the number of classes: large where each sample is surely of one class, and all classes are there. It knows no real
 * samples; compare it with theirs. Of few samples it is too small.
 * @param probabilities - of the classes for each sample, `[N, K]`; rows sum to 1
 * @throws ShapeError unless they are a matrix of 40 rows or more, for the standard error by the jackknife.
 * @see Salimans et al. 2016, "Improved techniques for training GANs", section 4
 */
export function inceptionScore(probabilities: Tensor): Estimate {
  const [n = 0] = probabilities.shape;
  if (probabilities.shape.length !== 2 || n < 40)
    throw new ShapeError(
      `inceptionScore: expected probabilities [N, K] of 40 rows or more, got [${probabilities.shape}]`,
    );
  return jackknife([probabilities], ([part]) => scoreOf(part ?? probabilities));
}

function scoreOf(probabilities: Tensor): number {
  const { data } = probabilities;
  const [n, k] = [dimensionOf(probabilities, 0), dimensionOf(probabilities, 1)];
  const mean = new Float64Array(k);
  for (let at = 0; at < data.length; at++) mean[at % k]! += data[at]! / n;
  let sum = 0;
  // p log p is 0 at 0.
  for (let at = 0; at < data.length; at++) if (data[at]! > 0) sum += data[at]! * Math.log(data[at]! / mean[at % k]!);
  return Math.exp(sum / n);
}
