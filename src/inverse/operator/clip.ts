/** @file Clipping: a sensor that saturates, the operator of high dynamic range. */
import { checkOptions } from '../../base/check.ts';
import { batchOf, expectShape, type Shape } from '../../base/tensor.ts';
import { map } from '../../base/arith.ts';
import type { NonlinearOperator } from './operator.ts';
import { checkShape } from './shapes.ts';

/** Options of `clip`. */
export interface ClipOptions {
  /** Factor before clipping; 2 by default. */
  readonly gain?: number;
  /** Least value, in the units of x; -1 by default. */
  readonly low?: number;
  /** Greatest value, in the units of x and above `low`; 1 by default. */
  readonly high?: number;
}

/**
 * min(high, max(low, gain x)): any shape. The derivative is the gain inside the range and 0 outside and at its ends.
 * @param shape - of one sample
 * @throws ConfigError unless low < high and the gain is a number other than 0.
 */
export function clip(shape: Shape, { gain = 2, low = -1, high = 1 }: ClipOptions = {}): NonlinearOperator {
  checkShape(shape);
  checkOptions(
    [Number.isFinite(gain) && gain !== 0, 'gain', `expected a number other than 0, got ${gain}`],
    [low < high, 'high', `expected a number above low = ${low}, got ${high}`],
  );
  return {
    linear: false,
    kind: 'clip',
    shapeIn: shape,
    shapeOut: shape,
    apply(x) {
      expectShape(x, [undefined, ...shape], 'clip: x');
      return map(x, (value) => Math.min(high, Math.max(low, gain * value)));
    },
    vjp(x, w) {
      expectShape(x, [undefined, ...shape], 'clip: x');
      expectShape(w, [batchOf(x), ...shape], 'clip: w');
      return map(w, (value, i) => (gain * x.data[i]! > low && gain * x.data[i]! < high ? gain * value : 0));
    },
  };
}
