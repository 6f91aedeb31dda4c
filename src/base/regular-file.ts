/**
 * @file Reading files by a path that a user typed. A pipe, a socket or a device may never answer, so that it is refused before
 * anything waits for it.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { FileError } from './errors.ts';
import { attempt } from './system-problem.ts';

/** How much of a file is read. */
export interface ReadOptions {
  /** At most so many bytes, the first ones (default: all). */
  readonly length?: number | undefined;
  /** Files of more bytes are refused (default: 8 GiB, the longest array of bytes; of texts half a GiB, the longest text). */
  readonly maxBytes?: number | undefined;
}

/** Bytes of the longest array of bytes, and of a text that is surely no longer than one may be. */
const [mostBytes, mostTextBytes] = [2 ** 33, 2 ** 29 - 2 ** 24];

/**
 * The bytes of a regular file, or of what a link to one leads to.
 * @throws FileError if it is a folder, a pipe, a socket or a device, if it is larger than `maxBytes`, or if it cannot be read.
 */
export function readRegularFile(
  path: string,
  { length = Infinity, maxBytes = length === Infinity ? mostBytes : Infinity }: ReadOptions = {},
): Uint8Array {
  return attempt(path, 'cannot be read', () => {
    refuseSpecial(path, statSync(path));
    // The path may have become a pipe since; opening that waits for a writer unless it is opened without blocking. Windows lacks
    // the flag, and undefined adds no bits.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = fstatSync(fd);
      refuseSpecial(path, found);
      if (found.size > maxBytes)
        throw new FileError(path, `expected a file of at most ${maxBytes} bytes, found one of ${found.size}`);
      const bytes = new Uint8Array(Math.min(found.size, length));
      for (let filled = 0; filled < bytes.length;) {
        // One read takes less than 2 GiB.
        const count = readSync(fd, bytes, filled, Math.min(bytes.length - filled, 2 ** 30), filled);
        if (count === 0) throw new FileError(path, 'cannot be read: it became shorter meanwhile; try again');
        filled += count;
      }
      return bytes;
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * The text of a regular file in UTF-8.
 * @throws FileError as `readRegularFile`.
 */
export function readTextFile(path: string, { maxBytes = mostTextBytes }: Pick<ReadOptions, 'maxBytes'> = {}): string {
  return new TextDecoder().decode(readRegularFile(path, { maxBytes }));
}

/**
 * Checks that a path leads to a regular file, without opening it.
 * @throws FileError saying what it is instead.
 */
export function requireRegularFile(path: string): void {
  attempt(path, 'cannot be read', () => refuseSpecial(path, statSync(path)));
}

function refuseSpecial(path: string, found: Stats): void {
  if (found.isFile()) return;
  const what = found.isDirectory() ? 'a folder' : `${kindOf(found)}, not a regular file`;
  throw new FileError(path, `cannot be read: it is ${what}; give the path of a file`);
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}
