/** @file How many different samples there are, counted by their likeness. */
import { NumericalError, ShapeError } from '../base/errors.ts';
import { dimensionOf, tensor, type Tensor } from '../base/tensor.ts';
import { jackknife, type Estimate } from './estimate.ts';
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

/**
 * exp(-sum_i l_i log l_i) for the eigenvalues l of K / N, K the cosines of features: 1 where all samples are alike, N where no two have anything in
 * common. It knows no real samples; compare it with theirs, at equal N.
 * @param features - `[N, D]`, of 40 rows or more for the standard error by the jackknife
 * @throws ShapeError unless they are a matrix of 40 rows or more.
 * @throws NumericalError if the features of a sample are all zero, so that it is like nothing.
 * @see Friedman and Dieng 2023, "The Vendi score: a diversity evaluation metric for machine learning", definition 3.1
 */
export function vendiScore(features: Tensor): Estimate {
  const [n = 0] = features.shape;
  if (features.shape.length !== 2 || n < 40)
    throw new ShapeError(`vendiScore: expected features [N, D] of 40 rows or more, got [${features.shape}]`);
  return jackknife([features], ([part]) => vendiOf(part ?? features));
}

/** The score without its error. */
export function vendiOf(features: Tensor): number {
  const [n, d] = [dimensionOf(features, 0), dimensionOf(features, 1)];
  const unit = Float64Array.from(features.data);
  for (let i = 0; i < n; i++) {
    const row = unit.subarray(i * d, (i + 1) * d);
    const norm = Math.hypot(...row);
    if (!(norm > 0)) throw new NumericalError(`vendiScore: the features of sample ${i} are all zero`);
    for (let j = 0; j < d; j++) row[j]! /= norm;
  }
  // K and its dual have the same eigenvalues but zeros.
  const size = Math.min(n, d);
  const matrix = new Float64Array(size * size);
  if (d <= n) {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < d; j++)
        for (let k = 0, at = j * d, own = unit[i * d + j]! / n; k <= j; k++, at++)
          matrix[at]! += own * unit[i * d + k]!;
  } else {
    for (let i = 0; i < n; i++)
      for (let l = 0; l <= i; l++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += unit[i * d + j]! * unit[l * d + j]!;
        matrix[i * n + l] = sum / n;
      }
  }
  // The upper triangle is not read.
  const values = symmetricEigenvalues(tensor(matrix, [size, size]));
  return Math.exp(values.reduce((sum, value) => (value > 0 ? sum - value * Math.log(value) : sum), 0));
}
