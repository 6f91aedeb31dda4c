/** @file The Gaussian law with the mean and the covariance of data. */
import type { Key } from '../../base/key.ts';
import { normal } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import { centered, type Centered, type DataLaw } from './data-law.ts';

/**
 * The Gaussian with the mean m and the covariance C of samples, noised to t the moment-matched Gaussian N(alpha m, alpha^2 C + sigma^2 I). A draw is
 * m + n^(-1/2) sum_i g_i (x_i - m) with standard normal g, whose law this is for any number of dimensions, without a matrix of them.
 * @param x - `[n, …]`, in the units of the model
 */
export function gaussianLaw(x: Tensor): DataLaw {
  const data = centered(x);
  const shape = x.shape.slice(1);
  return {
    kind: 'gaussian',
    shape,
    draw: (keys) => {
      const out = combinations(keys, data);
      for (let k = 0; k < out.length; k++) out[k]! += data.mean[k % data.size]!;
      return { shape: [keys.length, ...shape], data: out };
    },
  };
}

/** Draws of N(0, C), `[keys.length, size]`. */
export function combinations(keys: readonly Key[], { rows, n, size }: Centered): Float64Array {
  const out = new Float64Array(keys.length * size);
  const weights = keys.map((key) => normal(key, n));
  const factor = 1 / Math.sqrt(n);
  // A row of the data serves all draws while it is near.
  for (let i = 0; i < n; i++)
    for (let b = 0; b < keys.length; b++) {
      const g = factor * weights[b]![i]!;
      for (let j = 0; j < size; j++) out[b * size + j]! += g * rows[i * size + j]!;
    }
  return out;
}
