/**
 * @file Splittable counter-based random keys: Threefry-2x32 with 20 rounds, the same bits as JAX's partitionable
 * generator. A key is used once; new keys come from `foldIn` and `split`.
 * @see Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"
 */

/** Two 32-bit words that name a stream of random numbers. */
export type Key = readonly [number, number] & { readonly __brand: 'Key' };

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** Threefry-2x32 of the counter (c0, c1) under a key; the two output words are written to `out[at]` and `out[at + 1]`. */
export function threefryInto(out: Uint32Array, at: number, key: Key, counter: readonly [number, number]): void {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let x0 = (counter[0] + k0) | 0;
  let x1 = (counter[1] + k1) | 0;
  for (let group = 0; group < 5; group++) {
    const first = (group & 1) << 2;
    for (let round = first; round < first + 4; round++) {
      const r = rotations[round]!;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    }
    const a = (group + 1) % 3;
    const b = (group + 2) % 3;
    x0 = (x0 + (a === 0 ? k0 : a === 1 ? k1 : k2)) | 0;
    x1 = (x1 + (b === 0 ? k0 : b === 1 ? k1 : k2) + group + 1) | 0;
  }
  out[at] = x0;
  out[at + 1] = x1;
}

function derive(key: Key, counter: readonly [number, number]): Key {
  const words = new Uint32Array(2);
  threefryInto(words, 0, key, counter);
  return [words[0]!, words[1]!] as unknown as Key;
}

/**
 * The key of a seed, as `jax.random.key(seed)`.
 * @param seed - a non-negative safe integer
 */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`key: expected a non-negative integer seed, got ${seed}`);
  return [Math.floor(seed / 2 ** 32), seed >>> 0] as unknown as Key;
}

/**
 * A new key from a key and a number or a name, as `jax.random.fold_in`; names are hashed by 32-bit FNV-1a.
 * @param data - an integer of 0 to 2^32 - 1, or a name
 */
export function foldIn(parent: Key, data: number | string): Key {
  const word = typeof data === 'string' ? fnv1a(data) : data;
  if (word >>> 0 !== word) throw new RangeError(`foldIn: expected an integer of 0 to 2^32 - 1, got ${word}`);
  return derive(parent, [0, word]);
}

/** `n` independent keys, as `jax.random.split`. */
export function split(parent: Key, n: number): Key[] {
  return Array.from({ length: n }, (_, i) => foldIn(parent, i));
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
