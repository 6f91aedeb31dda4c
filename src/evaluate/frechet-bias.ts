/** @file How much too large a Fréchet distance of finitely many samples is, and what it would be of endlessly many. */
import { batchOf, takeRows, type Tensor } from '../base/tensor.ts';
import { jackknifeError, type Estimate } from './estimate.ts';
import { frechetDistance, frechetTo, moments, momentsOf, type MomentsOf } from './frechet.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

/** Parts that the jackknife leaves out in turn. */
const groups = 20;
/** Eigenvectors of larger covariances take minutes. */
const mostVectors = 256;

/**
 * b of the bias b / N that each set of N samples adds to a Fréchet distance of two nearly equal laws, from the eigenvalues l of the covariance of features:
 * b = sum_i l_i + 1/2 sum_ij l_i l_j / (l_i + l_j) + 1/4 sum_i (1 + k_i) l_i, with k_i the excess kurtosis along eigenvector i, 0 for Gaussians. The first
 * sum is of the mean, the others are of the covariance (second-order perturbation of the cross term). Of isotropic Gaussian features it is d + d (d + 1) / 4.
 * Of dependent features the term of the kurtosis is an upper bound.
 * @param features - `[N, D]`; the kurtosis is left out above 256 dimensions
 */
export function frechetBias(features: Tensor): number {
  const { mean, covariance } = moments(features);
  const [n = 0, d = 0] = features.shape;
  if (d > mostVectors) return gaussianFrechetBias(symmetricEigenvalues(covariance));
  const { values, vectors } = symmetricEigen(covariance);
  const fourth = new Float64Array(d);
  const row = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) row[j] = features.data[i * d + j]! - mean.data[j]!;
    for (let k = 0; k < d; k++) {
      let along = 0;
      for (let j = 0; j < d; j++) along += vectors[k * d + j]! * row[j]!;
      fourth[k]! += along ** 4 / n;
    }
  }
  const least = Number.EPSILON * values.reduce((most, value) => Math.max(most, value), 0);
  const heavy = values.reduce((sum, l, k) => (l > least ? sum + (fourth[k]! / (l * l) - 3) * l : sum), 0);
  return gaussianFrechetBias(values) + heavy / 4;
}

/** b of Gaussian features with these variances along the axes of their covariance. */
export function gaussianFrechetBias(variances: Float64Array): number {
  const l = variances.filter((value) => value > 0);
  let pairs = 0;
  for (const a of l) for (const b of l) pairs += (a * b) / (a + b);
  return 1.25 * l.reduce((sum, value) => sum + value, 0) + pairs / 2;
}

/** Rows that are left without a group. */
interface Halves {
  readonly whole: MomentsOf;
  readonly parts: readonly [MomentsOf, MomentsOf];
}

/**
 * The Fréchet distance less the bias that is predicted of both sets, with the jackknife's standard error of the distance; 0 on average for equal laws.
 * @param samples - features `[M, D]`
 * @param reference - features `[N, D]`
 */
export function frechetLessBias(samples: Tensor, reference: Tensor): Estimate {
  const bias = frechetBias(samples) / batchOf(samples) + frechetBias(reference) / batchOf(reference);
  const [own, theirs] = [momentsOf(samples), momentsOf(reference)];
  const left = Float64Array.from({ length: groups }, (_, g) =>
    frechetTo(theirs.without(g, groups))(own.without(g, groups)),
  );
  return { value: frechetDistance(own.whole, theirs.whole) - bias, standardError: jackknifeError(left) };
}

/**
 * The Fréchet distance of endlessly many samples, on the line through that of both sets and the mean of that of their halves against 1 / N:
 * 2 FD_N - FD_(N/2). What is left of the bias falls as 1 / N^2. The error is the jackknife's of the whole expression.
 * @param samples - features `[M, D]`, of 80 rows or more
 * @param reference - features `[N, D]`, of 80 rows or more
 * @see Chong and Forsyth 2020, "Effectively unbiased FID and Inception score and where to find them", section 3
 */
export function frechetLimit(samples: Tensor, reference: Tensor): Estimate {
  const [own, theirs] = [halvesOf(samples), halvesOf(reference)];
  const limit = (of: (set: MomentsOf) => MomentsOf['whole']): number => {
    const halves = own.parts.map((part, i) => frechetDistance(of(part), of(theirs.parts[i]!)));
    return 2 * frechetDistance(of(own.whole), of(theirs.whole)) - (halves[0]! + halves[1]!) / 2;
  };
  const left = Float64Array.from({ length: groups }, (_, g) => limit((set) => set.without(g, groups)));
  return { value: limit((set) => set.whole), standardError: jackknifeError(left) };
}

/** Rows in the order of blocks of their halves, so that group g leaves the same rows out of the whole and of its half. */
function halvesOf(features: Tensor): Halves {
  const n = batchOf(features);
  const rows = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  const half = groups * Math.floor(n / (2 * groups));
  const take = (some: readonly number[]): MomentsOf => momentsOf(takeRows(features, some));
  return { whole: take(rows(0, 2 * half)), parts: [take(rows(0, half)), take(rows(half, 2 * half))] };
}
