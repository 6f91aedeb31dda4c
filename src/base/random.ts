/**
 * @file Random numbers from keys. Word pair i of a key is Threefry of counter i, so every draw is a pure function of its
 * key and its position; nothing here has state.
 */
import { mapInto } from './map-into.ts';
import { boxMullerInto } from './box-muller.ts';
import { threefryInto, type Key } from './key.ts';
import { zeros, type Shape, type Tensor } from './tensor.ts';

const twoTo32 = 2 ** 32;

/** Raw 32-bit words: both words of counter 0, both of counter 1, and so on. JAX gives the exclusive or of each pair. */
export function bits(key: Key, n: number): Uint32Array {
  const words = new Uint32Array(2 * Math.ceil(n / 2));
  threefryInto(words, key, [0, 0]);
  return words.subarray(0, n);
}

/** Uniform numbers in the open interval (0, 1): (word + 1/2) / 2^32. */
export function uniform(key: Key, n: number): Float64Array {
  const words = bits(key, n);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = (words[i]! + 0.5) / twoTo32;
  return out;
}

/** Words that become normal numbers at once, written and read within `normalRange`. */
const block = new Uint32Array(1024);

/** Standard normal numbers, written to `out`, by the Box-Muller transform of each word pair. */
export function normalInto(out: Float64Array | Float32Array, key: Key): void {
  normalRange(out, key, { begin: 0, end: out.length });
}

function normalRange(
  out: Float64Array | Float32Array,
  key: Key,
  { begin, end }: { readonly begin: number; readonly end: number },
): void {
  for (let at = begin; at < end; at += block.length) {
    const n = Math.min(block.length, end - at);
    const words = n === block.length ? block : block.subarray(0, n + (n & 1));
    threefryInto(words, key, [0, (at - begin) / 2]);
    boxMullerInto(out, words, { begin: at, end: at + n });
  }
}

/** Standard normal numbers. */
export function normal(key: Key, n: number): Float64Array {
  const out = new Float64Array(n);
  normalInto(out, key);
  return out;
}

/**
 * A batch of standard normal noise in which sample i depends on key i alone.
 * @returns `[keys.length, ...shape]`
 * @example
 * ```ts
 * import { key, normalBatch, split } from 'scorefield';
 *
 * const noise = normalBatch(split(key(0), 4), [1, 8, 8]); // four images of 8 x 8, each of its own key
 * console.log(noise.shape);
 * ```
 */
export function normalBatch(keys: readonly Key[], shape: Shape): Tensor {
  const out = zeros([keys.length, ...shape]);
  const size = out.data.length / Math.max(keys.length, 1);
  keys.forEach((key, i) => normalRange(out.data, key, { begin: i * size, end: (i + 1) * size }));
  return out;
}

/** Random signs +1 and -1 with equal probability. */
export function rademacher(key: Key, n: number): Float64Array {
  return mapInto(new Float64Array(n), bits(key, n), (word) => (word & 1 ? 1 : -1));
}

/** Stratified uniform numbers: entry i lies in the i-th of n equal parts of (0, 1). */
export function stratified(key: Key, n: number): Float64Array {
  const out = uniform(key, n);
  for (let i = 0; i < n; i++) out[i] = (i + out[i]!) / n;
  return out;
}

/** An integer of 0 to n - 1 from a uniform number of (0, 1). */
export function indexOf(u: number, n: number): number {
  return Math.min(n - 1, Math.floor(u * n));
}

/** A uniformly random permutation of 0 to n - 1, by Fisher and Yates. */
export function permutation(key: Key, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const u = uniform(key, n);
  for (let i = n - 1; i > 0; i--) {
    const j = indexOf(u[i]!, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
