/**
 * @file Splittable counter-based random keys: Threefry-2x32 with 20 rounds. A key is used once; new keys come from `foldIn`
 * and `split`.
 *
 * Beside JAX with `jax_threefry_partitionable` (its default since 0.5): keys are the same, those of seeds below 2^32, of
 * `split(key, n)` and of `foldIn` of a number. Counter i of a key gives two words (a, b); they are JAX's 64-bit word i, a 2^32 + b,
 * and JAX's 32-bit word i is their exclusive or. Here both are used, one after the other, so that `bits` and all that is
 * drawn from it (uniform and normal numbers, permutations) differ from JAX's. Names that are folded in have no counterpart there.
 * @see Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"
 */

/** Two 32-bit words that name a stream of random numbers. */
export type Key = readonly [number, number] & { readonly __brand: 'Key' };

/**
 * Threefry-2x32 of the counters (c0, c1), (c0, c1 + 1), … under a key: the two words of each, as many as fit in `out`.
 * Rounds are written out, since a table of rotations makes them three times slower.
 */
export function threefryInto(out: Uint32Array, key: Key, counter: readonly [number, number]): void {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  const c0 = counter[0] | 0;
  const c1 = counter[1] | 0;
  for (let at = 0; at < out.length; at += 2) {
    let x0 = (c0 + k0) | 0;
    let x1 = (c1 + (at >> 1) + k1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k0 + 5) | 0;
    out[at] = x0;
    out[at + 1] = x1;
  }
}

/** Written and read within `derive`, which is called too often to make an array each time. */
const derived = new Uint32Array(2);

function derive(key: Key, counter: readonly [number, number]): Key {
  threefryInto(derived, key, counter);
  return [derived[0]!, derived[1]!] as unknown as Key;
}

/**
 * The key of a seed, as `jax.random.key(seed)` for seeds below 2^32; the high word of larger ones is that of JAX with 64-bit
 * integers switched on.
 * @param seed - a non-negative safe integer
 * @throws RangeError for any other number.
 */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`key: expected a non-negative integer seed, got ${seed}`);
  return [Math.floor(seed / 2 ** 32), seed >>> 0] as unknown as Key;
}

/**
 * A new key from a key and a number, as `jax.random.fold_in`, or a name, whose number is its 32-bit FNV-1a hash.
 * @param data - an integer of 0 to 2^32 - 1, or a name
 * @throws RangeError for any other number.
 */
export function foldIn(parent: Key, data: number | string): Key {
  const word = typeof data === 'string' ? fnv1a(data) : data;
  if (word >>> 0 !== word) throw new RangeError(`foldIn: expected an integer of 0 to 2^32 - 1, got ${word}`);
  return derive(parent, [0, word]);
}

/**
 * `n` independent keys, as `jax.random.split(key, n)`: key i is `foldIn(parent, i)`.
 * @example
 * ```ts
 * import { foldIn, key, normal, split } from 'scorefield';
 *
 * const [first, second] = split(key(7), 2);
 * if (first === undefined || second === undefined) throw new Error('two keys');
 * console.log(normal(first, 3), normal(foldIn(second, 'noise'), 3));
 * ```
 */
export function split(parent: Key, n: number): Key[] {
  return Array.from({ length: n }, (_, i) => foldIn(parent, i));
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
