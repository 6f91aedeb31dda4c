/**
 * @file Draws of categorical variables. The uniform numbers have 53 bits: those of float32 cut the tail of the Gumbel distribution
 * off, which draws as if at a lower temperature (Zheng et al. 2024, arXiv 2409.02908).
 */
import { bits } from '../base/random.ts';
import type { Key } from '../base/key.ts';

const twoTo26 = 2 ** 26;
const twoTo53 = 2 ** 53;

/** Uniform numbers in the open interval (0, 1), multiples of 2^-54 of two words each. */
export function fineUniform(key: Key, n: number): Float64Array {
  const words = bits(key, 2 * n);
  return Float64Array.from({ length: n }, (_, i) => {
    const [high = 0, low = 0] = [words[2 * i], words[2 * i + 1]];
    return ((high >>> 5) * twoTo26 + (low >>> 6) + 0.5) / twoTo53;
  });
}

/** Standard Gumbel numbers -log(-log u). */
export function gumbel(key: Key, n: number): Float64Array {
  return fineUniform(key, n).map((u) => -Math.log(-Math.log(u)));
}

/**
 * A draw from weights of any positive sum: the largest log weight plus Gumbel noise. Weights of 0 are never drawn.
 * @see Gumbel 1954; Maddison, Tarlow and Minka 2014
 */
export function drawCategorical(key: Key, weights: ArrayLike<number>): number {
  const noise = gumbel(key, weights.length);
  let [best, most] = [0, -Infinity];
  for (let k = 0; k < weights.length; k++) {
    const value = Math.log(weights[k] ?? 0) + (noise[k] ?? 0);
    if (value > most) [best, most] = [k, value];
  }
  return best;
}
