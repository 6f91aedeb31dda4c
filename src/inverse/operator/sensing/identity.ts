/** @file The identity: a noisy picture of everything, the operator of denoising. */
import { sizeOf, type Shape } from '../../../base/tensor.ts';
import type { LinearOperator } from '../operator.ts';
import { partialOrthonormal, unchanged } from './partial-orthonormal.ts';
import { checkShape } from '../shapes.ts';

/**
 * A x = x, for denoising: any shape.
 * @param shape - of one sample
 */
export function identity(shape: Shape): LinearOperator {
  checkShape(shape);
  const kept = Array.from({ length: sizeOf(shape) }, (_, i) => i);
  return partialOrthonormal({ kind: 'identity', shapeIn: shape, shapeOut: shape, transform: unchanged, kept });
}
