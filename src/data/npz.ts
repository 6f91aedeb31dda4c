/** @file NumPy's .npz archives: a zip file of .npy arrays. */
import { unzipSync, zipSync, type UnzipFileInfo } from 'fflate';
import { FileError } from '../base/errors.ts';
import { deflateRatio, maxBytes } from './file.ts';
import { formatNpy, parseNpy, type NpyArray } from './npy.ts';

const suffix = '.npy';

/** Bytes of a zip file's central directory for each member, at least. */
const entryBytes = 46;

/**
 * Reads the arrays of a .npz archive by name. Nothing is inflated beyond what the archive's own length can hold, and at
 * most 2 GiB in all.
 * @throws FileError if the bytes are not a zip file, or a member is not an array that `parseNpy` reads.
 */
export function parseNpz(bytes: Uint8Array, file: string): ReadonlyMap<string, NpyArray> {
  let entries = 0;
  let packed = 0;
  let total = 0;
  const accept = ({ name, size, originalSize }: UnzipFileInfo): boolean => {
    entries += 1;
    packed += size;
    total += originalSize;
    if (entries * entryBytes > bytes.length || packed > bytes.length || originalSize > deflateRatio * size)
      throw new FileError(
        file,
        `expected a .npz archive, found a zip directory that claims more than its ${bytes.length} bytes hold`,
      );
    if (total > maxBytes) throw new FileError(file, `expected arrays of at most 2 GiB, found ${total} bytes`);
    return name.endsWith(suffix);
  };
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes, { filter: accept });
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(file, 'expected a .npz archive, found a zip file that is damaged or none', { cause: error });
  }
  const arrays = Object.entries(members).map(([name, content]) => {
    const key = name.slice(0, -suffix.length);
    return [key, parseNpy(content, `${file} (${JSON.stringify(key)})`)] as const;
  });
  if (arrays.length === 0) throw new FileError(file, 'expected an archive of .npy arrays, found none in it');
  return new Map(arrays);
}

/** The bytes of a .npz file with arrays by name, compressed. */
export function formatNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const members = Object.entries(arrays).map(([name, array]) => [`${name}${suffix}`, formatNpy(array)] as const);
  // A fixed time makes equal arrays equal files.
  return zipSync(Object.fromEntries(members), { mtime: new Date(1980, 0, 1) });
}
