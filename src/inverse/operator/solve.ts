/** @file The inverses of any linear operator: in closed form where there is one, else by conjugate gradients. */
import { combine, type PerSample } from '../../base/arith.ts';
import { batchOf, expectShape, type Tensor } from '../../base/tensor.ts';
import { conjugateGradients, type ConjugateOptions } from './conjugate-gradients.ts';
import { checkLambda } from './linear-operator.ts';
import type { LinearOperator } from './operator.ts';

/**
 * (A A' + lambda I)^-1 y: `[B, ...shapeOut]` to the same.
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
  checkLambda(lambda, batchOf(y));
  const map = (z: Tensor): Tensor => combine([1, operator.apply(operator.adjoint(z))], [lambda, z]);
  return conjugateGradients(map, y, options).x;
}

/**
 * A+ y: `[B, ...shapeOut]` to `[B, ...shapeIn]`. Conjugate gradients on A'A x = A'y begin at 0, so that they never leave
 * the range of A' and find the x of least norm; stopped early they are a regularised inverse.
 * @param options - of the iteration, where there is no closed form
 * @throws ShapeError if y is not a batch of measurements.
 * @see Hestenes and Stiefel 1952; Hanke 1995 on stopping early
 */
export function pseudoInverse(operator: LinearOperator, y: Tensor, options: ConjugateOptions = {}): Tensor {
  if (operator.pseudoInverse !== undefined) return operator.pseudoInverse(y);
  return conjugateGradients((x) => operator.adjoint(operator.apply(x)), operator.adjoint(y), options).x;
}
