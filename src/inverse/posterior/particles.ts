/** @file Weighted particles in groups of one size, each group with keys of its own. */
import type { Key } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';

/** B groups of K particles: particle k of group b is number b K + k. */
export interface Particles {
  /** Logarithms of weights that need not sum to one, `[B K]`. */
  readonly logWeights: Float64Array;
  /** K. */
  readonly particles: number;
}

/** Weights that sum to 1 in each group. */
export function normalizedWeights({ logWeights, particles }: Particles): Float64Array {
  const out = new Float64Array(logWeights.length);
  for (let begin = 0; begin < out.length; begin += particles) {
    const own = logWeights.subarray(begin, begin + particles);
    const largest = own.reduce((a, b) => Math.max(a, b), -Infinity);
    const relative = own.map((log) => Math.exp(log - largest));
    const total = relative.reduce((a, b) => a + b, 0);
    out.set(
      relative.map((weight) => weight / total),
      begin,
    );
  }
  return out;
}

/** Particles chosen anew. */
export interface Resampled {
  /** Which particle each one comes from. */
  readonly parents: readonly number[];
  /** Zero in groups that were resampled, and as before in others. */
  readonly logWeights: Float64Array;
}

/**
 * Systematic resampling of the groups whose effective number of particles 1 / sum w^2 is below a share of K, or at the
 * share 1 of all: particle k of a group is the one at (u + k) / K of its cumulated weights.
 * @param keys - one per group
 * @see Doucet and Johansen 2009, "A tutorial on particle filtering and smoothing", section 3.4
 */
export function resample(keys: readonly Key[], group: Particles, below: number): Resampled {
  const { logWeights, particles } = group;
  const weights = normalizedWeights(group);
  const kept = logWeights.slice();
  const parents = keys.flatMap((key, b) => {
    const begin = b * particles;
    const own = weights.subarray(begin, begin + particles);
    const effective = 1 / own.reduce((sum, weight) => sum + weight * weight, 0);
    if (below < 1 && effective >= below * particles) return Array.from(own, (_, k) => begin + k);
    kept.fill(0, begin, begin + particles);
    const [u = 0] = uniform(key, 1);
    return Array.from(own, (_, k) => begin + indexAt(own, (u + k) / particles));
  });
  return { parents, logWeights: kept };
}

/** One particle of each group, drawn by its weight. */
export function choose(keys: readonly Key[], group: Particles): readonly number[] {
  const weights = normalizedWeights(group);
  return keys.map((key, b) => {
    const begin = b * group.particles;
    return begin + indexAt(weights.subarray(begin, begin + group.particles), uniform(key, 1)[0] ?? 0);
  });
}

/** The index at which the cumulated weights pass u. */
export function indexAt(weights: Float64Array, u: number): number {
  let sum = 0;
  const found = weights.findIndex((weight) => (sum += weight) > u);
  // Rounding may leave the sum of all just below u.
  return found < 0 ? weights.length - 1 : found;
}
