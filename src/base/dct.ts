/** @file The orthonormal discrete cosine transform of samples, along every axis. */
import { batchOf, type Tensor } from './tensor.ts';

/**
 * The orthonormal DCT-II along every axis of each sample: X_k = c_k sum_j x_j cos(pi k (j + 1/2) / n) with c_0 = n^(-1/2) and else (2 / n)^(1/2).
 * Of three color channels it gives brightness and two differences, which in photographs are nearly uncorrelated.
 * @param x - `[B, …]`
 * @see Ahmed, Natarajan and Rao 1974, "Discrete cosine transform"
 */
export function dct(x: Tensor): Tensor {
  return alongAll(x, (n, k, j) => cosine(n, k, j));
}

/** The inverse of `dct`, its transpose. */
export function inverseDct(x: Tensor): Tensor {
  return alongAll(x, (n, k, j) => cosine(n, j, k));
}

const cosine = (n: number, k: number, j: number): number =>
  Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos((Math.PI * k * (j + 0.5)) / n);

/** Multiplies each axis but the first by a square matrix. */
function alongAll(x: Tensor, entry: (n: number, row: number, column: number) => number): Tensor {
  let { data } = x;
  let inner = data.length / batchOf(x);
  for (const n of x.shape.slice(1)) {
    inner /= n;
    const matrix = Float64Array.from({ length: n * n }, (_, k) => entry(n, Math.floor(k / n), k % n));
    const out = new Float64Array(data.length);
    for (let at = 0; at < data.length; at += n * inner)
      for (let k = 0; k < n; k++)
        for (let j = 0; j < n; j++) {
          const factor = matrix[k * n + j]!;
          for (let i = 0; i < inner; i++) out[at + k * inner + i]! += factor * data[at + j * inner + i]!;
        }
    data = out;
  }
  return { shape: x.shape, data };
}
