/** @file What a measurement operator is: the A of y = A x + n, whichever instrument it stands for. */
import type { PerSample } from '../../base/arith.ts';
import type { Shape, Tensor } from '../../base/tensor.ts';

/** What linear and non-linear operators have in common: all that guidance by a likelihood needs. */
interface Differentiable {
  /** The name that people read; no code branches on it. */
  readonly kind: string;
  /** Shape of one sample. */
  readonly shapeIn: Shape;
  /** Shape of one measurement. */
  readonly shapeOut: Shape;
  /**
   * A x, the measurement without noise: `[B, ...shapeIn]` to `[B, ...shapeOut]`. Sample i depends on sample i alone.
   * @throws ShapeError if x is not `[B, ...shapeIn]`.
   */
  apply(x: Tensor): Tensor;
  /** (dA/dx)' w, the adjoint of the derivative at x: `[B, ...shapeOut]` to `[B, ...shapeIn]`. */
  vjp(x: Tensor, w: Tensor): Tensor;
}

/**
 * A = U S V': V is orthonormal and n x n, U has r orthonormal columns, S contains r singular values, n is the size of a
 * sample. Coordinates r to n - 1 of V'x are not measured at all; those with s_i = 0 are not either.
 */
export interface SingularSystem {
  /** s_0 to s_{r-1}, not negative, in the order of the coordinates, which is any. */
  readonly singularValues: Float64Array;
  /** V'x: `[B, ...shapeIn]` to `[B, n]`. */
  readonly vt: (x: Tensor) => Tensor;
  /** V c: `[B, n]` to `[B, ...shapeIn]`. */
  readonly v: (c: Tensor) => Tensor;
  /** U'y: `[B, ...shapeOut]` to `[B, r]`. */
  readonly ut: (y: Tensor) => Tensor;
  /** U c: `[B, r]` to `[B, ...shapeOut]`. */
  readonly u: (c: Tensor) => Tensor;
}

/** A linear operator. What is optional is there where it has a closed form; `solve.ts` does the rest iteratively. */
export interface LinearOperator extends Differentiable {
  readonly linear: true;
  /** A'y, with <A x, y> = <x, A'y>: `[B, ...shapeOut]` to `[B, ...shapeIn]`. */
  adjoint(y: Tensor): Tensor;
  /** A+ y, of all x that fit y best the one of least norm (Moore and Penrose). */
  readonly pseudoInverse?: (y: Tensor) => Tensor;
  /** (A A' + lambda I)^-1 y for lambda > 0, one for the batch or one per sample; at lambda = 0 the pseudo-inverse of A A'. */
  readonly normalInverse?: (y: Tensor, lambda: PerSample) => Tensor;
  /** The singular value decomposition, where it is fast. */
  readonly svd?: SingularSystem;
}

/** An operator that is not linear; `vjp` takes the place of the adjoint. */
export interface NonlinearOperator extends Differentiable {
  readonly linear: false;
}

/** A measurement operator, linear or not by `linear`. */
export type Operator = LinearOperator | NonlinearOperator;
