/** @file Latents of samples as files. */
import { FileError } from '../base/errors.ts';
import { sizeOf, tensor, type Shape, type Tensor } from '../base/tensor.ts';
import type { NpyArray } from '../data/arrays/npy.ts';
import { formatNpz, parseNpz } from '../data/arrays/npz.ts';
import { readBytes, writeAtomic } from '../io/atomic.ts';

/** Latents `[n, …]` and the rows of the data that they are of. */
interface LatentsOfRows {
  readonly latents: Tensor;
  readonly rows: readonly number[];
}

/** Latents as arrays by name: `latents` and `rows`. */
export function latentArrays({ latents, rows }: LatentsOfRows): Readonly<Record<string, NpyArray>> {
  return { latents, rows: { shape: [rows.length], data: Int32Array.from(rows) } };
}

/**
 * Writes latents and their rows as arrays (.npz).
 * @throws FileError if the file cannot be written.
 */
export function writeLatents(file: string, own: LatentsOfRows): void {
  writeAtomic(file, formatNpz(latentArrays(own)));
}

/**
 * Reads latents.
 * @param shape - of one sample
 * @throws FileError unless the file has an array `latents` of finite numbers `[n, …shape]`, with n at least 1.
 */
export function readLatents(file: string, shape: Shape): Tensor {
  const found = parseNpz(readBytes(file), file, (names) => names.filter((name) => name === 'latents')).get('latents');
  const [, ...sample] = found?.shape ?? [];
  if (found === undefined || sample.join() !== shape.join() || !found.data.every(Number.isFinite))
    throw new FileError(
      file,
      `expected finite latents [n, ${shape.join(', ')}] as scorefield encode writes them, found ` +
        (found === undefined ? 'none' : `[${found.shape.join(', ')}]`),
    );
  if (sizeOf(found.shape) === 0) throw new FileError(file, 'expected at least one latent, found none');
  return tensor(found.data, found.shape);
}
