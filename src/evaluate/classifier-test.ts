/** @file Whether a classifier distinguishes samples from real ones. */
import { checkOptions } from '../base/check.ts';
import type { Estimate } from './estimate.ts';
import { normalCdf } from '../base/gamma.ts';
import type { PairDistances } from './pair-distances.ts';

/** How often the classifier is right, and how probable that is by chance. */
export interface ClassifierTest extends Estimate {
  /** Probability of being right so often or more where both sets have one law. */
  readonly pValue: number;
}

/** Distances within the two sets, and between them. */
export interface TwoSets {
  /** Of samples from real ones. */
  readonly between: PairDistances;
  readonly inSamples: PairDistances;
  readonly inReference: PairDistances;
}

/**
 * The classifier two-sample test: the k nearest neighbors among one half of both sets, k about the root of their number, say for each of the other half which
 * set it is of. Where both have one law the part that is right has mean 1/2 and standard deviation 1 / (2 sqrt(n)), whatever the law and the classifier.
 * Of two sets as many samples are taken.
 * @throws ConfigError if a set has fewer than 8 samples.
 * @see Lopez-Paz and Oquab 2017, "Revisiting classifier two-sample tests", section 3
 */
export function classifierTest({ between, inSamples, inReference }: TwoSets): ClassifierTest {
  const count = Math.min(between.rows, between.columns);
  checkOptions([count >= 8, 'samples', `expected at least 8 in each set, got ${count}`]);
  const known = Array.from({ length: count >> 1 }, (_, i) => 2 * i);
  const asked = Array.from({ length: count - known.length }, (_, i) => 2 * i + 1).filter((i) => i < count);
  const near = Math.floor(Math.sqrt(2 * known.length));
  const k = near % 2 === 1 ? near : near - 1;
  const at = ({ data, columns }: PairDistances, i: number, j: number): number => data[i * columns + j]!;
  let right = 0;
  for (const i of asked) {
    const ofSample = votes(k, known, [(j) => at(inSamples, i, j), (j) => at(between, i, j)]);
    const ofReal = votes(k, known, [(j) => at(between, j, i), (j) => at(inReference, i, j)]);
    right += Number(ofSample > k / 2) + Number(ofReal < k / 2);
  }
  const n = 2 * asked.length;
  const value = right / n;
  const standardError = 1 / (2 * Math.sqrt(n));
  return { value, standardError, pValue: normalCdf((0.5 - value) / standardError) };
}

/** How many of the k nearest known ones are samples. */
function votes(
  k: number,
  known: readonly number[],
  [fromSample, fromReal]: readonly [(j: number) => number, (j: number) => number],
): number {
  const distances = new Float64Array(2 * known.length);
  known.forEach((j, i) => {
    distances[2 * i] = fromSample(j);
    distances[2 * i + 1] = fromReal(j);
  });
  const order = [...distances.keys()].sort((a, b) => distances[a]! - distances[b]!);
  return order.slice(0, k).filter((i) => i % 2 === 0).length;
}
