/** @file From the bytes of a file to points, with the readers and the scaler of the library. */
import { allFinite } from '../../base/arith.ts';
import { foldIn, key } from '../../base/key.ts';
import { permutation } from '../../base/random.ts';
import { tensor } from '../../base/tensor.ts';
import { csvArray } from '../../data/arrays/csv.ts';
import { parseNpy } from '../../data/arrays/npy.ts';
import { scalerOf } from '../../data/dataset.ts';
import { setOfPoints } from '../../data/kinds/point-set.ts';
import { scaled } from '../../data/scaler.ts';

/**
 * Points of the plane on the scale of the model.
 * @param most - how many at most; of more, some that are drawn at random, always the same
 * @throws FileError unless the file has two numbers for each point.
 */
export function pointsOf(name: string, bytes: Uint8Array, most: number): Float64Array {
  const array = name.toLowerCase().endsWith('.npy')
    ? parseNpy(bytes, name)
    : csvArray(new TextDecoder().decode(bytes), name);
  const [count = 0, columns] = array.shape;
  if (array.shape.length !== 2 || columns !== 2 || count === 0)
    throw new Error(`${name}: expected points of two numbers each, shape [n, 2], found [${array.shape}].`);
  if (!allFinite(array.data)) throw new Error(`${name}: expected finite numbers, found one that is not.`);
  const values = Float64Array.from(array.data);
  // Both columns share their scale, so that shapes stay as they are.
  const scaler = scalerOf(setOfPoints({ name, count, dimension: 2, values, oneSpace: true }));
  const x = scaled(scaler, tensor(values, [count, 2]));
  const rows = permutation(foldIn(key(0), 'rows'), count).slice(0, most);
  return Float64Array.from([...rows].flatMap((row) => [x.data[2 * row] ?? NaN, x.data[2 * row + 1] ?? NaN]));
}
