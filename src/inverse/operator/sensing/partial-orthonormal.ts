/** @file Some coordinates of an orthonormal transform: A = gain P T, the form that most instruments have. */
import type { Shape, Tensor } from '../../../base/tensor.ts';
import { batchOf, zeros } from '../../../base/tensor.ts';
import { linearOperator } from '../linear-operator.ts';
import type { LinearOperator } from '../operator.ts';

/** An orthonormal transform of batches of flat samples `[B, n]`, as a pair of inverses. */
export interface Orthonormal {
  forward(x: Tensor): Tensor;
  inverse(c: Tensor): Tensor;
}

/** The transform that does nothing. */
export const unchanged: Orthonormal = { forward: (x) => x, inverse: (c) => c };

/** Parts of A = gain P T. */
export interface PartialOrthonormalParts {
  readonly kind: string;
  readonly shapeIn: Shape;
  readonly shapeOut: Shape;
  readonly transform: Orthonormal;
  /** Coordinates of T x that are measured, in the order of y; none twice. */
  readonly kept: ArrayLike<number>;
  readonly gain?: number;
}

/**
 * A = gain P T with T orthonormal and P a choice of coordinates: A A' = gain^2 I, A+ = A' / gain^2, all singular values are
 * the gain, V'x is T x with the measured coordinates first.
 * @see Song et al. 2022, "Solving inverse problems in medical imaging with score-based generative models", section 3.1
 */
export function partialOrthonormal(parts: PartialOrthonormalParts): LinearOperator {
  const { kind, shapeIn, shapeOut, transform, kept, gain = 1 } = parts;
  const n = shapeIn.reduce((a, b) => a * b, 1);
  const order = measuredFirst(kept, n);
  const flat = (x: Tensor, size: number): Tensor => ({ shape: [batchOf(x), size], data: x.data });
  const vt = (x: Tensor): Tensor => gathered(transform.forward(flat(x, n)), order);
  const v = (c: Tensor): Tensor => {
    const { shape, data } = transform.inverse(scattered(c, order));
    return { shape: [batchOf({ shape }), ...shapeIn], data };
  };
  const shaped = ({ shape, data }: Tensor): Tensor => ({ shape: [batchOf({ shape }), ...shapeOut], data });
  const times = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((value) => gain * value) });
  const measured = order.subarray(0, kept.length);
  return linearOperator({
    kind,
    shapeIn,
    shapeOut,
    apply: (x) => shaped(times(gathered(transform.forward(flat(x, n)), measured))),
    adjoint: (y) => {
      const { shape, data } = transform.inverse(scattered(times(flat(y, kept.length)), measured, n));
      return { shape: [batchOf({ shape }), ...shapeIn], data };
    },
    svd: {
      singularValues: new Float64Array(kept.length).fill(gain),
      vt,
      v,
      ut: (y) => flat(y, kept.length),
      u: shaped,
    },
  });
}

/** An order of 0 to n - 1 that begins with the given indices. */
export function measuredFirst(kept: ArrayLike<number>, n: number): Uint32Array {
  const order = new Uint32Array(n);
  const seen = new Uint8Array(n);
  for (let i = 0; i < kept.length; i++) {
    order[i] = kept[i]!;
    seen[kept[i]!] = 1;
  }
  let at = kept.length;
  for (let j = 0; j < n; j++) if (seen[j] === 0) order[at++] = j;
  return order;
}

/** Coordinates of `[B, n]` in an order: `[B, order.length]`. */
export function gathered(x: Tensor, order: Uint32Array): Tensor {
  const [batch = 0, n = 0] = x.shape;
  const out = zeros([batch, order.length]);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < order.length; i++) out.data[b * order.length + i] = x.data[b * n + order[i]!]!;
  return out;
}

/** The adjoint of `gathered`: coordinates in their places among n, zeros elsewhere. */
export function scattered(c: Tensor, order: Uint32Array, n = order.length): Tensor {
  const [batch = 0] = c.shape;
  const out = zeros([batch, n]);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < order.length; i++) out.data[b * n + order[i]!] = c.data[b * order.length + i]!;
  return out;
}
