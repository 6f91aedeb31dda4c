/** @file Compressed sensing without a matrix in memory: some coordinates of a randomized Hadamard transform. */
import { checkOptions, positiveInteger } from '../../../base/check.ts';
import { foldIn, type Key } from '../../../base/key.ts';
import { permutation, rademacher } from '../../../base/random.ts';
import { dimensionOf, sizeOf, type Shape, type Tensor } from '../../../base/tensor.ts';
import type { LinearOperator } from '../operator.ts';
import { partialOrthonormal } from './partial-orthonormal.ts';
import { checkShape } from '../shapes.ts';

/**
 * Subsampled randomized Hadamard transform, A = P H D: random signs, the orthonormal Walsh-Hadamard transform and a
 * random choice of m coordinates, in n log n operations. All singular values are 1.
 * @param measurements - m, at most the size n of a sample
 * @throws ConfigError unless n is a power of two; `gaussianSensing` takes any.
 * @see Tropp 2011, "Improved analysis of the subsampled randomized Hadamard transform"
 */
export function hadamardSensing(key: Key, shapeIn: Shape, measurements: number): LinearOperator {
  checkShape(shapeIn);
  const n = sizeOf(shapeIn);
  checkOptions(
    [2 ** Math.round(Math.log2(n)) === n, 'shape', `expected a power of two of values, got ${n} = [${shapeIn}]`],
    positiveInteger('measurements', measurements),
    [measurements <= n, 'measurements', `expected at most ${n}, the size of a sample, got ${measurements}`],
  );
  const signs = rademacher(foldIn(key, 'signs'), n);
  const kept = permutation(foldIn(key, 'kept'), n).slice(0, measurements).sort();
  const signed = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((value, i) => value * signs[i % n]!) });
  const transform = { forward: (x: Tensor) => hadamard(signed(x)), inverse: (c: Tensor) => signed(hadamard(c)) };
  return partialOrthonormal({ kind: 'hadamard-sensing', shapeIn, shapeOut: [measurements], transform, kept });
}

/** The orthonormal Walsh-Hadamard transform of each row of `[B, n]`, its own inverse. */
function hadamard({ shape, data }: Tensor): Tensor {
  const n = dimensionOf({ shape }, 1);
  const out = data.map((value) => value / Math.sqrt(n));
  for (let half = 1; half < n; half *= 2) {
    for (let start = 0; start < out.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const [a, b] = [out[i]!, out[i + half]!];
        out[i] = a + b;
        out[i + half] = a - b;
      }
    }
  }
  return { shape, data: out };
}
