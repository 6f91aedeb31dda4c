/** @file Pairs of data and noise that are there before training, such as those of another model's flow, as a coupling. */
import { ShapeError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import type { Coupled, Coupling } from '../score/objectives/coupling.ts';
import { shuffledBatches, type Batches } from './batches.ts';

/**
 * The coupling of stored pairs, in place of the batch of data: each step gets the next ones of a random order, each pair once in an epoch. Step n gets the same pairs whenever
 * it is taken.
 * @param key - of the order, which nothing else uses
 * @param pairs - `[count, …]` each, data in the range of the model and standard normal noise
 * @throws ShapeError unless there are as many numbers of noise as of data, a whole number for each pair.
 * @see Liu et al. 2023, "Flow straight and fast", section 2.2
 */
export function storedPairs(key: Key, { x0, z, count }: Coupled & { readonly count: number }): Coupling {
  const size = x0.length / count;
  if (x0.length !== z.length || !Number.isInteger(size) || size === 0)
    throw new ShapeError(`expected ${count} pairs of data and noise, got ${x0.length} and ${z.length} numbers`);
  const known = new Map<number, Batches>();
  return ({ batch }, _key, n) => {
    const rowsOf = known.get(batch) ?? shuffledBatches(key, count, batch);
    known.set(batch, rowsOf);
    const rows = rowsOf(n);
    const taken = (values: Float32Array): Float32Array => {
      const out = new Float32Array(batch * size);
      rows.forEach((row, i) => out.set(values.subarray(row * size, (row + 1) * size), i * size));
      return out;
    };
    return { x0: taken(x0), z: taken(z) };
  };
}
