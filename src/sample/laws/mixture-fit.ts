/** @file Mixtures of Gaussians with full covariances, fitted by expectation and maximization. */
import { inverseCholesky } from '../../base/cholesky.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { indexOf, uniform } from '../../base/random.ts';

/** A component of a mixture. */
export interface Component {
  readonly weight: number;
  readonly mean: Float64Array;
  /** Row-major `[q, q]`. */
  readonly covariance: Float64Array;
}

/** Points of space. */
interface Points {
  /** `[n, q]`, of about unit variance in every direction. */
  readonly data: Float64Array;
  readonly n: number;
  readonly q: number;
}

/** A gain in the mean log density, in nats, below which the fit has ended; and most of its rounds. */
const least = 1e-3;
const rounds = 60;

/** Variance that each component gets beside its own, so that one around a single point has a density. */
const floor = 1e-6;

/**
 * The mixture of K Gaussians of largest likelihood that expectation-maximization comes to from the centers of k-means++. Mean and covariance of the mixture
 * are those of the points, up to the floor of 1e-6 of the variances.
 * @see Dempster, Laird and Rubin 1977, "Maximum likelihood from incomplete data via the EM algorithm"; Arthur and Vassilvitskii 2007, "k-means++: the
 * advantages of careful seeding"
 */
export function fitMixture(key: Key, points: Points, components: number): readonly Component[] {
  let weights = nearest(points, centers(key, points, components));
  let fitted = maximized(points, weights, components);
  let before = -Infinity;
  for (let round = 0; round < rounds; round++) {
    const expected = expectation(points, fitted);
    if (expected.logDensity - before < least) break;
    before = expected.logDensity;
    weights = expected.weights;
    fitted = maximized(points, weights, components);
  }
  return fitted;
}

function squaredDistance({ data, q }: Points, a: number, b: number): number {
  let sum = 0;
  for (let j = 0; j < q; j++) sum += (data[a * q + j]! - data[b * q + j]!) ** 2;
  return sum;
}

/** Rows of points, each drawn in proportion to its squared distance from those before. */
function centers(key: Key, points: Points, count: number): readonly number[] {
  const { n } = points;
  const u = uniform(foldIn(key, 'centers'), count);
  const chosen = [indexOf(u[0]!, n)];
  const distance = new Float64Array(n).fill(Infinity);
  while (chosen.length < count) {
    const last = chosen.at(-1)!;
    let total = 0;
    for (let i = 0; i < n; i++) {
      distance[i] = Math.min(distance[i]!, squaredDistance(points, i, last));
      total += distance[i]!;
    }
    let left = u[chosen.length]! * total;
    let row = 0;
    while (row < n - 1 && (left -= distance[row]!) > 0) row++;
    chosen.push(row);
  }
  return chosen;
}

/** Weights `[n, K]` of 1 for the nearest of the centers. */
function nearest(points: Points, rows: readonly number[]): Float64Array {
  const weights = new Float64Array(points.n * rows.length);
  for (let i = 0; i < points.n; i++) {
    const distances = rows.map((row) => squaredDistance(points, i, row));
    weights[i * rows.length + distances.indexOf(Math.min(...distances))] = 1;
  }
  return weights;
}

/** The moments of each component, by the weights `[n, K]` of the points. */
function maximized({ data, n, q }: Points, weights: Float64Array, components: number): readonly Component[] {
  return Array.from({ length: components }, (_, k) => {
    let total = 0;
    const mean = new Float64Array(q);
    for (let i = 0; i < n; i++) {
      const w = weights[i * components + k]!;
      total += w;
      for (let j = 0; j < q; j++) mean[j]! += w * data[i * q + j]!;
    }
    // A component without points keeps its place and weighs nothing.
    const scale = total > 1e-200 ? 1 / total : 0;
    for (let j = 0; j < q; j++) mean[j]! *= scale;
    const covariance = new Float64Array(q * q);
    const apart = new Float64Array(q);
    for (let i = 0; i < n; i++) {
      const w = weights[i * components + k]! * scale;
      // Most points belong to one component.
      if (w < 1e-14) continue;
      for (let j = 0; j < q; j++) apart[j] = data[i * q + j]! - mean[j]!;
      for (let a = 0; a < q; a++) {
        const own = w * apart[a]!;
        for (let b = 0; b <= a; b++) covariance[a * q + b]! += own * apart[b]!;
      }
    }
    for (let a = 0; a < q; a++) {
      covariance[a * q + a]! += floor;
      for (let b = 0; b < a; b++) covariance[b * q + a] = covariance[a * q + b]!;
    }
    return { weight: scale === 0 ? 0 : total / n, mean, covariance };
  });
}

/** The probability of each component given each point, `[n, K]`, and the mean log density in nats. */
function expectation(
  { data, n, q }: Points,
  fitted: readonly Component[],
): { readonly weights: Float64Array; readonly logDensity: number } {
  const components = fitted.length;
  const weights = new Float64Array(n * components);
  fitted.forEach(({ weight, mean, covariance }, k) => {
    const { inverse, logDeterminant } = inverseCholesky(covariance, q);
    const constant = Math.log(weight) - 0.5 * (logDeterminant + q * Math.log(2 * Math.PI));
    for (let i = 0; i < n; i++) {
      let square = 0;
      for (let a = 0; a < q; a++) {
        let sum = 0;
        for (let b = 0; b <= a; b++) sum += inverse[a * q + b]! * (data[i * q + b]! - mean[b]!);
        square += sum * sum;
      }
      weights[i * components + k] = constant - 0.5 * square;
    }
  });
  let logDensity = 0;
  for (let at = 0; at < weights.length; at += components) {
    const own = weights.subarray(at, at + components);
    const most = Math.max(...own);
    let sum = 0;
    for (let k = 0; k < components; k++) sum += own[k] = Math.exp(own[k]! - most);
    for (let k = 0; k < components; k++) own[k]! /= sum;
    logDensity += (most + Math.log(sum)) / n;
  }
  return { weights, logDensity };
}
