/** @file NumPy's .npz archives: a zip file of .npy arrays. */
import { zipSync } from 'fflate';
import { FileError } from '../../base/errors.ts';
import { expectLength, maxBytes } from './declared-size.ts';
import { formatNpy, longestHeader, parseNpy, parseNpyHeader, type NpyArray } from './npy.ts';
import { contentOf, startOf, zipMembers, type ZipMember } from './zip.ts';

const suffix = '.npy';

/**
 * Reads arrays of a .npz archive by name. A member is inflated only if the directory agrees with what its .npy header declares,
 * and no further than that; all together are at most 2 GiB.
 * @param wanted - picks the arrays to read by name, all by default; the others are not inflated
 * @throws FileError if the bytes are not a zip file, or a wanted member is not an array that `parseNpy` reads.
 */
export function parseNpz(
  bytes: Uint8Array,
  file: string,
  wanted: (names: readonly string[]) => readonly string[] = (names) => names,
): ReadonlyMap<string, NpyArray> {
  const members = new Map(
    zipMembers(bytes, file)
      .filter(({ name }) => name.endsWith(suffix))
      .map((member) => [member.name.slice(0, -suffix.length), member]),
  );
  if (members.size === 0) throw new FileError(file, 'expected an archive of .npy arrays, found none in it');
  const names = wanted([...members.keys()]);
  const total = names.reduce((sum, name) => sum + (members.get(name)?.size ?? 0), 0);
  if (total > maxBytes) throw new FileError(file, `expected arrays of at most 2 GiB, found ${total} bytes`);
  return new Map(
    names.flatMap((name) => {
      const member = members.get(name);
      return member === undefined ? [] : [[name, arrayOf(member, `${file} (${JSON.stringify(name)})`)]];
    }),
  );
}

function arrayOf(member: ZipMember, name: string): NpyArray {
  const { length } = parseNpyHeader(startOf(member, longestHeader), name);
  expectLength(member.size, length, name);
  return parseNpy(contentOf(member, name), name);
}

/** The bytes of a .npz file with arrays by name, compressed. */
export function formatNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const members = Object.entries(arrays).map(([name, array]) => [`${name}${suffix}`, formatNpy(array)] as const);
  // A fixed time makes equal arrays equal files.
  return zipSync(Object.fromEntries(members), { mtime: new Date(1980, 0, 1) });
}
