/**
 * @file Random numbers from keys. Word pair i of a key is Threefry of counter i, so every draw is a pure function of its
 * key and its position; nothing here has state.
 */
import { threefryInto, type Key } from './key.ts';
import { zeros, type Shape, type Tensor } from './tensor.ts';

const twoTo32 = 2 ** 32;

/** Fills `words` with the pairs of a key from its first one on. */
function wordsInto(words: Uint32Array, key: Key): Uint32Array {
  const counter: [number, number] = [0, 0];
  for (let i = 0; 2 * i < words.length; i++) {
    counter[1] = i;
    threefryInto(words, 2 * i, key, counter);
  }
  return words;
}

/** Room for the pairs that hold n words. */
function pairsFor(n: number): Uint32Array {
  return new Uint32Array(2 * Math.ceil(n / 2));
}

/** Raw 32-bit words. */
export function bits(key: Key, n: number): Uint32Array {
  return wordsInto(pairsFor(n), key).subarray(0, n);
}

/** Uniform numbers in the open interval (0, 1): (word + 1/2) / 2^32. */
export function uniform(key: Key, n: number): Float64Array {
  return Float64Array.from(bits(key, n), (word) => (word + 0.5) / twoTo32);
}

/** Standard normal numbers, written to `out`, by the Box-Muller transform of each word pair. */
export function normalInto(out: Float64Array | Float32Array, key: Key): void {
  transformInto(out, { begin: 0, end: out.length }, wordsInto(pairsFor(out.length), key));
}

function transformInto(
  out: Float64Array | Float32Array,
  { begin, end }: Readonly<Record<'begin' | 'end', number>>,
  words: Uint32Array,
): void {
  for (let i = begin, w = 0; i < end; i += 2, w += 2) {
    const radius = Math.sqrt(-2 * Math.log((words[w]! + 0.5) / twoTo32));
    const angle = (2 * Math.PI * words[w + 1]!) / twoTo32;
    out[i] = radius * Math.cos(angle);
    if (i + 1 < end) out[i + 1] = radius * Math.sin(angle);
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
 */
export function normalBatch(keys: readonly Key[], shape: Shape): Tensor {
  const out = zeros([keys.length, ...shape]);
  const size = out.data.length / Math.max(keys.length, 1);
  const words = pairsFor(size);
  keys.forEach((key, i) => transformInto(out.data, { begin: i * size, end: (i + 1) * size }, wordsInto(words, key)));
  return out;
}

/** Random signs +1 and -1 with equal probability. */
export function rademacher(key: Key, n: number): Float64Array {
  return Float64Array.from(bits(key, n), (word) => (word & 1 ? 1 : -1));
}

/** Stratified uniform numbers: entry i lies in the i-th of n equal parts of (0, 1). */
export function stratified(key: Key, n: number): Float64Array {
  return uniform(key, n).map((u, i) => (i + u) / n);
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
