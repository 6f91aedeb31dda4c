/** @file Fidelity and diversity apart, by the neighborhoods of samples: precision, recall, density and coverage. */
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { jackknifeError, type Estimate } from './estimate.ts';
import type { PairDistances } from './pair-distances.ts';

/** Parts that the jackknife leaves out in turn. */
const groups = 20;

/** Options of the measures. */
export interface NeighborhoodOptions {
  /** The neighborhood of a sample reaches to its k-th nearest neighbor in its own set. Default 3 for precision and recall, 5 for density and coverage. */
  readonly k?: number | undefined;
}

/**
 * The part of the samples that lie in the neighborhood of some reference sample. Of equal laws it depends on the dimension: compare it with that of real
 * samples.
 * @param between - of samples from the reference
 * @param inReference - of the reference from itself
 * @param options.k - default 3
 * @throws ConfigError unless the sets have more than k + 1 samples; ShapeError if the sizes do not fit.
 * @see Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models", eq. 1 and 2
 */
export function precision(
  between: PairDistances,
  inReference: PairDistances,
  { k = 3 }: NeighborhoodOptions = {},
): Estimate {
  return estimated(between, inReference, k, (radii, left) =>
    meanOverSamples(between, left, (distances) => Number(distances.some((distance, j) => distance <= radii[j]!))),
  );
}

/**
 * The part of the reference that lies in the neighborhood of some sample: `precision` with the sets exchanged.
 * @param inSamples - distances of the samples from themselves
 */
export function recall(between: PairDistances, inSamples: PairDistances, options: NeighborhoodOptions = {}): Estimate {
  return precision(transposed(between), inSamples, options);
}

/**
 * Neighborhoods of the reference that a sample lies in, on average over samples and over k; about 1 for equal laws.
 * @param options.k - default 5
 * @throws as `precision`
 * @see Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative models", eq. 3
 */
export function density(
  between: PairDistances,
  inReference: PairDistances,
  { k = 5 }: NeighborhoodOptions = {},
): Estimate {
  return estimated(
    between,
    inReference,
    k,
    (radii, left) =>
      meanOverSamples(between, left, (distances) => {
        let found = 0;
        for (let j = 0; j < distances.length; j++) if (distances[j]! <= radii[j]!) found++;
        return found;
      }) / k,
  );
}

/** The mean of a function of the distances of each sample from the reference, without the samples of one group. */
function meanOverSamples(
  { rows, columns, data }: PairDistances,
  left: number,
  of: (distances: PairDistances['data']) => number,
): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < rows; i++) {
    if (i % groups === left) continue;
    sum += of(data.subarray(i * columns, (i + 1) * columns));
    count++;
  }
  return sum / count;
}

/**
 * The part of the reference in whose neighborhood a sample lies. For equal laws its expectation is known, see `expectedCoverage`.
 * @param options.k - default 5
 * @throws as `precision`
 * @see Naeem et al. 2020, eq. 4
 */
export function coverage(
  between: PairDistances,
  inReference: PairDistances,
  { k = 5 }: NeighborhoodOptions = {},
): Estimate {
  return estimated(between, inReference, k, (radii, left) => {
    const covered = new Uint8Array(between.columns);
    for (let i = 0; i < between.rows; i++) {
      if (i % groups === left) continue;
      for (let j = 0, at = i * between.columns; j < between.columns; j++, at++)
        if (between.data[at]! <= radii[j]!) covered[j] = 1;
    }
    let [found, all] = [0, 0];
    for (let j = 0; j < between.columns; j++)
      if (j % groups !== left) {
        all++;
        found += covered[j]!;
      }
    return found / all;
  });
}

/**
 * What coverage is on average where samples and reference have one law, whatever its dimension: 1 - prod_(i = 1..k) (N - i) / (N + M - i), because the k
 * nearest of the N - 1 + M others are any of them with equal probability.
 * @param samples - M
 * @param reference - N
 * @see Naeem et al. 2020, lemma 1
 */
export function expectedCoverage(samples: number, reference: number, { k = 5 }: NeighborhoodOptions = {}): number {
  let none = 1;
  for (let i = 1; i <= k; i++) none *= (reference - i) / (reference + samples - i);
  return 1 - none;
}

/** A statistic of all samples, and its error from those without one group in turn; radii of what is left out are below 0. */
function estimated(
  between: PairDistances,
  inReference: PairDistances,
  k: number,
  statistic: (radii: Float32Array, left: number) => number,
): Estimate {
  const n = inReference.rows;
  if (n !== inReference.columns || n !== between.columns)
    throw new ShapeError(
      `neighborhoods: expected distances [M, N] and [N, N], got [${between.rows}, ${between.columns}] and [${n}, ${inReference.columns}]`,
    );
  const most = Math.floor((n * (groups - 1)) / groups) - 2;
  checkOptions([Number.isSafeInteger(k) && k >= 1 && k <= most, 'k', `expected an integer of 1 to ${most}, got ${k}`]);
  const of = (left: number): number => statistic(radiiOf(inReference, k, left), left);
  return { value: of(-1), standardError: jackknifeError(Float64Array.from({ length: groups }, (_, g) => of(g))) };
}

/** Distances of each sample from its k-th nearest other one, without those of a group. */
function radiiOf({ rows, columns, data }: PairDistances, k: number, left: number): Float32Array {
  const radii = new Float32Array(rows).fill(-1);
  const nearest = new Float32Array(k);
  for (let i = 0; i < rows; i++) {
    if (i % groups === left) continue;
    nearest.fill(Infinity);
    for (let j = 0, at = i * columns; j < columns; j++, at++) {
      const value = data[at]!;
      if (value >= nearest[k - 1]! || j === i || j % groups === left) continue;
      let place = k - 1;
      for (; place > 0 && nearest[place - 1]! > value; place--) nearest[place] = nearest[place - 1]!;
      nearest[place] = value;
    }
    radii[i] = nearest[k - 1]!;
  }
  return radii;
}

function transposed({ rows, columns, data }: PairDistances): PairDistances {
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!;
  return { rows: columns, columns: rows, data: out };
}
