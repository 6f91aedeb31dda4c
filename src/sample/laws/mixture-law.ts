/** @file A mixture of Gaussians as the law of data: in the directions of most variance, with the Gaussian of the data in the others. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { inverseCholesky } from '../../base/cholesky.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { normal, uniform } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import { centered, type Centered, type DataLaw } from './data-law.ts';
import { combinations } from './gaussian-law.ts';
import { fitMixture, type Component } from './mixture-fit.ts';

/** Options of `mixtureLaw`. */
export interface MixtureLawOptions {
  /** Number of Gaussians of the mixture. Default 8. */
  readonly components?: number;
  /** Number of directions of most variance that the mixture is of; all of them where there are no more. Default 32. */
  readonly dimensions?: number;
}

/**
 * A law with the mean and the covariance of samples that is a mixture of Gaussians in the directions of most variance: with coordinates u = U^T (x - m) there,
 * whose covariance is the identity, and a draw w of N(0, C), it is m + w + C U (u' - U^T w) for a draw u' of the mixture. What is left of w is independent of u', as it would be if the data were
 * Gaussian in the other directions.
 * @param key - of the centers that the fit begins with, and of the search for the directions
 * @param x - `[n, …]`, in the units of the model
 * @throws ConfigError unless components and dimensions are positive integers, and there are as many samples as components.
 * @see Tipping and Bishop 1999, "Mixtures of probabilistic principal component analysers"
 */
export function mixtureLaw(key: Key, x: Tensor, options: MixtureLawOptions = {}): DataLaw {
  const { components = 8, dimensions = 32 } = options;
  const data = centered(x);
  const { mean, n, size } = data;
  checkOptions(positiveInteger('components', components), positiveInteger('dimensions', dimensions), [
    components <= n,
    'components',
    `expected at most ${n}, as many as there are samples, got ${components}`,
  ]);
  const shape = x.shape.slice(1);
  const q = Math.min(dimensions, size);
  const u = whitened(data, leadingDirections(foldIn(key, 'directions'), data, q), q);
  const points = coordinates(data.rows, u, { size, q });
  // C U, from the coordinates of the samples.
  const back = productWithRows(data, points, q);
  for (let k = 0; k < back.length; k++) back[k]! /= n;
  const mixture = fitMixture(key, { data: points, n, q }, components).map((one) => ({
    ...one,
    factor: factorOf(one, q),
  }));
  return {
    kind: 'mixture',
    shape,
    draw: (keys) => {
      const out = combinations(
        keys.map((own) => foldIn(own, 'others')),
        data,
      );
      const found = coordinates(out, u, { size, q });
      keys.forEach((own, b) => {
        const drawn = drawMixture(own, mixture, q);
        for (let a = 0; a < q; a++) {
          const change = drawn[a]! - found[b * q + a]!;
          for (let j = 0; j < size; j++) out[b * size + j]! += change * back[j * q + a]!;
        }
        for (let j = 0; j < size; j++) out[b * size + j]! += mean[j]!;
      });
      return { shape: [keys.length, ...shape], data: out };
    },
  };
}

function drawMixture(
  key: Key,
  mixture: readonly (Component & { readonly factor: Float64Array })[],
  q: number,
): Float64Array {
  let left = uniform(foldIn(key, 'component'), 1)[0]!;
  const { mean, factor } = mixture.find(({ weight }) => (left -= weight) < 0) ?? mixture[0]!;
  const z = normal(foldIn(key, 'mixture'), q);
  return mean.map((own, a) => {
    let sum = own;
    for (let b = 0; b <= a; b++) sum += factor[a * q + b]! * z[b]!;
    return sum;
  });
}

/** L with L L^T the covariance: the transpose of its inverse times the covariance. */
function factorOf({ covariance }: Component, q: number): Float64Array {
  const { inverse } = inverseCholesky(covariance, q);
  const factor = new Float64Array(q * q);
  // C = L L^T, so that L = C L^-T.
  for (let a = 0; a < q; a++)
    for (let b = 0; b <= a; b++)
      for (let k = 0; k <= b; k++) factor[a * q + b]! += covariance[a * q + k]! * inverse[b * q + k]!;
  return factor;
}

/** Rounds of the power method: directions need not be exact, since covariances are taken along those that are found. */
const rounds = 6;

/** An orthonormal basis `[size, q]` close to the q directions of most variance; that of the axes where q is all. */
function leadingDirections(key: Key, data: Centered, q: number): Float64Array {
  const { size } = data;
  if (q === size) return Float64Array.from({ length: size * q }, (_, k) => Number(Math.floor(k / q) === k % q));
  let basis = orthonormal(normal(key, size * q), size, q);
  for (let round = 0; round < rounds; round++)
    basis = orthonormal(productWithRows(data, coordinates(data.rows, basis, { size, q }), q), size, q);
  return basis;
}

/** The coordinates `[n, q]` of rows `[n, size]` along the columns of a basis `[size, q]`. */
function coordinates(rows: Float64Array, basis: Float64Array, { size, q }: { size: number; q: number }): Float64Array {
  const out = new Float64Array((rows.length / size) * q);
  for (let i = 0; i < rows.length / size; i++)
    for (let j = 0; j < size; j++) {
      const value = rows[i * size + j]!;
      if (value !== 0) for (let a = 0; a < q; a++) out[i * q + a]! += value * basis[j * q + a]!;
    }
  return out;
}

/** X^T Y, `[size, q]`, for the rows X `[n, size]` of the data and Y `[n, q]`. */
function productWithRows({ rows, n, size }: Centered, y: Float64Array, q: number): Float64Array {
  const out = new Float64Array(size * q);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < size; j++) {
      const value = rows[i * size + j]!;
      if (value !== 0) for (let a = 0; a < q; a++) out[j * q + a]! += value * y[i * q + a]!;
    }
  return out;
}

/** Gram and Schmidt's basis of the columns of a matrix `[size, q]`, twice over, so that rounding leaves nothing; columns of nothing stay so. */
function orthonormal(columns: Float64Array, size: number, q: number): Float64Array {
  const out = columns.slice();
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += out[j * q + a]! * out[j * q + b]!;
    return sum;
  };
  for (let a = 0; a < q; a++) {
    const before = dot(a, a);
    for (let pass = 0; pass < 2; pass++)
      for (let b = 0; b < a; b++) {
        const part = dot(a, b);
        for (let j = 0; j < size; j++) out[j * q + a]! -= part * out[j * q + b]!;
      }
    const square = dot(a, a);
    const factor = square > 1e-24 * before ? 1 / Math.sqrt(square) : 0;
    for (let j = 0; j < size; j++) out[j * q + a]! *= factor;
  }
  return out;
}

/** The basis V L^-T along which the data have the identity as covariance, of a basis V `[size, q]`. */
function whitened(data: Centered, basis: Float64Array, q: number): Float64Array {
  const { n, size } = data;
  const y = coordinates(data.rows, basis, { size, q });
  const covariance = new Float64Array(q * q);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < q; a++)
      for (let b = 0; b <= a; b++) covariance[a * q + b]! += (y[i * q + a]! * y[i * q + b]!) / n;
  const { inverse } = inverseCholesky(covariance, q);
  const out = new Float64Array(size * q);
  for (let j = 0; j < size; j++)
    for (let a = 0; a < q; a++) for (let b = 0; b <= a; b++) out[j * q + a]! += inverse[a * q + b]! * basis[j * q + b]!;
  return out;
}
