/** @file The inverses of any linear operator: in closed form where there is one, else by conjugate gradients. */
import { combine, map, type PerSample } from '../../base/arith.ts';
import { batchOf, expectShape, sampleSize, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { conjugateGradients, type ConjugateOptions } from './conjugate-gradients.ts';
import { checkLambda, rankOf } from './linear-operator.ts';
import type { LinearOperator } from './operator.ts';

/**
 * (A A' + lambda I)^-1 y: `[B, ...shapeOut]` to the same. What of y no x can measure is divided by lambda, so that A' of the
 * result has the rounding of it, 1e-16 / lambda.
 * @param lambda - at least 0, one for the batch or one per sample; at 0 the pseudo-inverse of A A'
 * @param options - of the iteration, where there is no closed form
 * @throws ConfigError if a lambda is negative; ShapeError if y or lambda do not fit.
 */
export function normalInverse(
  operator: LinearOperator,
  y: Tensor,
  lambda: PerSample,
  options: ConjugateOptions = {},
): Tensor {
  if (operator.normalInverse !== undefined) return operator.normalInverse(y, lambda);
  expectShape(y, [undefined, ...operator.shapeOut], `${operator.kind}: y`);
  const batch = batchOf(y);
  checkLambda(lambda, batch);
  const image = (z: Tensor): Tensor => combine([1, operator.apply(operator.adjoint(z))], [lambda, z]);
  const singular = Array.from({ length: batch }, (_, i) => i).filter((i) => lambdaOf(lambda, i) === 0);
  return conjugateGradients(image, singular.length === 0 ? y : withMeasurable(operator, y, singular, options), options)
    .x;
}

const lambdaOf = (lambda: PerSample, i: number): number => (typeof lambda === 'number' ? lambda : (lambda[i] ?? 0));

/** y with A A+ y in the given rows: A A' z = y alone has no solution, and conjugate gradients no end, where y is not in the range. */
function withMeasurable(
  operator: LinearOperator,
  y: Tensor,
  rows: readonly number[],
  options: ConjugateOptions,
): Tensor {
  const fitted = measurable(operator, takeRows(y, rows), options);
  const out = { shape: y.shape, data: y.data.slice() };
  const size = sampleSize(y);
  rows.forEach((row, i) => out.data.set(fitted.data.subarray(i * size, (i + 1) * size), row * size));
  return out;
}

/**
 * A A+ y, the part of y in the range of A: `[B, ...shapeOut]`; y itself where its decomposition says that A reaches everything.
 * @param options - of the iteration, where there is no closed form
 * @throws ShapeError if y is not a batch of measurements.
 */
export function measurable(operator: LinearOperator, y: Tensor, options: ConjugateOptions = {}): Tensor {
  if (operator.svd !== undefined && rankOf(operator.svd, sizeOf(operator.shapeIn)) === sizeOf(operator.shapeOut))
    return y;
  return operator.apply(pseudoInverse(operator, y, options));
}

/**
 * (s A A' + diag(v))^-1 y for a variance v of each value of y, by conjugate gradients on what is left of the matrix after
 * scaling by s d + v, with the row sums d of A A': of operators whose A A' is diagonal, one iteration. It stops at six digits or
 * 60 iterations, more than a step of a sampler needs.
 * @param scale - s, at least 0, one for the batch or one per sample
 * @param variances - positive, in the shape of y
 */
export function weightedInverse(operator: LinearOperator, y: Tensor, scale: PerSample, variances: Tensor): Tensor {
  const root = rootsOf(operator, scale, variances);
  const scaled = (z: Tensor): Tensor => map(z, (value, i) => value / (root.data[i] ?? 1));
  const image = (z: Tensor): Tensor => {
    const q = scaled(z);
    const noise = map(q, (value, i) => value * (variances.data[i] ?? 0));
    return scaled(combine([scale, operator.apply(operator.adjoint(q))], [1, noise]));
  };
  return scaled(conjugateGradients(image, scaled(y), { tolerance: 1e-6, maxIterations: 60 }).x);
}

/** sqrt(s d + v), about the diagonal of s A A' + diag(v) in its root: scales that leave conjugate gradients little to do. */
export function rootsOf(operator: LinearOperator, scale: PerSample, variances: Tensor): Tensor {
  const ones = map(variances, () => 1);
  const sums = map(operator.apply(operator.adjoint(ones)), (value) => Math.max(0, value));
  return map(combine([scale, sums], [1, variances]), Math.sqrt);
}

/**
 * A+ y: `[B, ...shapeOut]` to `[B, ...shapeIn]`. Conjugate gradients on A'A x = A'y begin at 0, so that they never leave
 * the range of A' and find the x of least norm; stopped early they are a regularized inverse.
 * @param options - of the iteration, where there is no closed form
 * @throws ShapeError if y is not a batch of measurements.
 * @see Hestenes and Stiefel 1952; Hanke 1995 on stopping early
 */
export function pseudoInverse(operator: LinearOperator, y: Tensor, options: ConjugateOptions = {}): Tensor {
  if (operator.pseudoInverse !== undefined) return operator.pseudoInverse(y);
  return conjugateGradients((x) => operator.adjoint(operator.apply(x)), operator.adjoint(y), options).x;
}
