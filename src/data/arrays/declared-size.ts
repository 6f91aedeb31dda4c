/** @file What files say of their size, which is checked before it is believed. */
import { FileError } from '../../base/errors.ts';

/** Deflate cannot make data smaller than one part in this. */
export const deflateRatio = 1032;

/** The largest file and the largest array that are read, in bytes. */
export const maxBytes = 2 ** 31;

/** @throws FileError unless the file contains exactly as many bytes as its header declares. */
export function expectLength(found: number, declared: number, file: string): void {
  if (found !== declared)
    throw new FileError(file, `expected ${declared} bytes as its header declares, found ${found}`);
}

/**
 * Number of elements of declared sizes.
 * @throws FileError if a size is zero or not an integer, or if the array would exceed `maxBytes`.
 */
export function declaredCount(sizes: readonly number[], bytesPerItem: number, file: string): number {
  let count = 1;
  for (const size of sizes) {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new FileError(file, `expected sizes of at least 1, found [${sizes}]`);
    count *= size;
    if (count * bytesPerItem > maxBytes)
      throw new FileError(file, `expected an array of at most 2 GiB, found one of [${sizes}]`);
  }
  return count;
}
