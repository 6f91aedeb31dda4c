/**
 * @file Decoded pictures, kept in the cache folder so that the next command need not decode them. An entry is found by the names,
 * sizes and times of the files and by how they were read; it is whole and unchanged, or not used. That nothing can be kept is no
 * failure: the pictures are decoded each time.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '../../base/regular-file.ts';
import { cacheOf } from '../places.ts';
import type { Places } from '../sets/standard-set.ts';

/** A file, and what shows that it has not changed. */
export interface Stamp {
  /** Path in the folder. */
  readonly name: string;
  readonly size: number;
  /** When its content and its entry in the file system changed last. */
  readonly times: readonly [mtimeMs: number, ctimeMs: number];
}

/** Pictures `[count, channels, size, size]`. */
export interface Decoded {
  readonly shape: readonly [count: number, channels: number, height: number, width: number];
  readonly pixels: Uint8Array;
}

/** Where decoded pictures are kept. */
export interface PictureCache {
  /** What is kept under a key, if it is whole. */
  get(key: string): Decoded | undefined;
  /**
   * Keeps pictures, and removes those that were not used for the longest time where there are too many.
   * @param newestMs - when the newest file was last changed
   */
  put(key: string, decoded: Decoded, newestMs: number): void;
}

/** The version of reading: entries of others are not found. It grows when the same files become other bytes. */
const reading = 1;
/** All entries together. */
const maxTotalBytes = 2 ** 31;
/** A file that changes twice within this time may have the same time after both, as some file systems count no finer. */
const settledMs = 2000;
/** An unfinished entry of this age was left behind by a killed process. */
const leftoverAgeMs = 3_600_000;

const entryName = /^[0-9a-f]{40}\.pictures$/;
const temporaryName = /^[0-9a-f-]{36}\.unfinished-pictures$/;

/** The key of pictures that are read in one way. */
export function keyOf(stamps: readonly Stamp[], how: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify([reading, how, stamps.map(({ name, size, times }) => [name, size, ...times])]);
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

/** The decoded pictures of the cache folder. */
export function pictureCache(places: Places, limitBytes = maxTotalBytes): PictureCache {
  const folder = cacheOf('pictures', places);
  const pathOf = (key: string): string => join(folder, `${key}.pictures`);
  return {
    get: (key) => {
      try {
        const decoded = parsed(readRegularFile(pathOf(key)));
        const now = new Date();
        if (decoded !== undefined) attemptAll(() => utimesSync(pathOf(key), now, now));
        return decoded;
      } catch {
        return undefined;
      }
    },
    put: (key, decoded, newestMs) => {
      if (decoded.pixels.length > limitBytes / 2) return;
      const temporary = join(folder, `${randomUUID()}.unfinished-pictures`);
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(temporary, headerOf(decoded), { flag: 'wx' });
        const now = statSync(temporary).mtimeMs;
        if (now - newestMs < settledMs)
          throw new Error('the pictures may change again without a change of their times');
        tidy(folder, limitBytes - decoded.pixels.length, now);
        writeFileSync(temporary, decoded.pixels, { flag: 'a' });
        renameSync(temporary, pathOf(key));
      } catch {
        attemptAll(() => rmSync(temporary, { force: true }));
      }
    },
  };
}

function attemptAll(action: () => void): void {
  try {
    action();
  } catch {
    // A folder that takes no changes is no reason to fail.
  }
}

function digest(pixels: Uint8Array): string {
  return createHash('sha256').update(pixels).digest('hex');
}

function headerOf({ shape, pixels }: Decoded): string {
  return `${JSON.stringify({ scorefield: 'pictures', shape, sha256: digest(pixels) })}\n`;
}

/** An entry, unless it is damaged. */
function parsed(bytes: Uint8Array): Decoded | undefined {
  const end = bytes.indexOf(10);
  const { shape, sha256 } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Record<string, unknown>;
  if (!Array.isArray(shape) || shape.length !== 4 || !shape.every((n) => Number.isSafeInteger(n) && n > 0))
    return undefined;
  const pixels = bytes.subarray(end + 1);
  const expected = (shape as number[]).reduce((product, n) => product * n, 1);
  if (pixels.length !== expected || digest(pixels) !== sha256) return undefined;
  return { shape: shape as unknown as Decoded['shape'], pixels };
}

/** Removes entries that were not used for the longest time until the others take at most `most` bytes. Other files are left alone. */
function tidy(folder: string, most: number, now: number): void {
  const own = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true) return [];
    if (temporaryName.test(name) && now - found.mtimeMs > leftoverAgeMs)
      attemptAll(() => rmSync(path, { force: true }));
    return entryName.test(name) ? [{ path, bytes: found.size, used: found.mtimeMs }] : [];
  });
  let total = own.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of own.sort((a, b) => a.used - b.used)) {
    if (total <= most) return;
    attemptAll(() => rmSync(path, { force: true }));
    total -= bytes;
  }
}
