/** @file Files that are whole or absent: a reader never sees half of one, whenever the writer dies. */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync } from 'node:fs';
import { rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { attempt, systemCode } from '../base/system-problem.ts';
import { committedPath, isAbandoned, temporaryPath } from './temporary.ts';

export { systemProblem } from '../base/system-problem.ts';

/**
 * Writes a file under a temporary name in the same folder, flushes it to the disk, and renames it, so that `path` contains the
 * old or the new content and nothing between. It replaces an existing file, and clears what killed processes left behind.
 * @throws FileError saying what happened and what to do; then `path` is as before and nothing else is left.
 */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  const folder = dirname(path);
  attempt(path, 'cannot be written', () => {
    refuseUnlessReplaceable(path);
    // A write that another writer started here is finished first.
    clearLeftovers(folder);
    const temporary = temporaryPath(folder);
    try {
      writeFlushed(temporary, content);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    flushFolder(folder);
  });
}

/**
 * Writes files that belong together into a folder: all are written and flushed under temporary names before the first takes
 * the place of an old one. A process that is killed before that leaves all old files; one that is killed later leaves the rest
 * of the renames to the next writer to the folder. Meanwhile the last file, which shows that the others are there, is
 * missing. Files of other names are not touched.
 * @param files - names and contents; the last is the one that comes last, and of which an old one goes first
 * @throws FileError saying what happened and what to do; if a file cannot be written, the old ones are as before.
 */
export function writeTogether(folder: string, files: readonly (readonly [string, Uint8Array | string])[]): void {
  attempt(folder, 'cannot be written', () => {
    for (const [name] of files) refuseUnlessReplaceable(join(folder, name));
    clearLeftovers(folder);
    const staged = temporaryPath(folder);
    const committed = committedPath(staged);
    try {
      mkdirSync(staged);
      // Numbers keep the order for whoever has to finish it.
      files.forEach(([name, content], i) =>
        writeFlushed(join(staged, `${String(i).padStart(4, '0')}-${name}`), content),
      );
      flushFolder(staged);
      renameSync(staged, committed);
    } catch (error) {
      rmSync(staged, { recursive: true, force: true });
      throw error;
    }
    flushFolder(folder);
    moveIntoPlace(committed);
    flushFolder(folder);
  });
}

/** Moves files to their names, in their order, out of a folder that then goes. */
function moveIntoPlace(committed: string): void {
  const folder = dirname(committed);
  const staged = readdirSync(committed).sort();
  const place = (name: string): string => join(folder, name.slice(name.indexOf('-') + 1));
  const last = staged.at(-1);
  if (last !== undefined) rmSync(place(last), { force: true });
  for (const name of staged) renameSync(join(committed, name), place(name));
  rmdirSync(committed);
}

function refuseUnlessReplaceable(path: string): void {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present?.isDirectory()) throw new FileError(path, 'cannot be written: it is a folder; give the path of a file');
  if (present?.isFile() === false)
    throw new FileError(path, 'cannot be written: it is a device or a pipe; give the path of a file');
}

/**
 * Bytes of a file, or its first `length` bytes.
 * @throws FileError if it cannot be read, or is not a regular file.
 */
export function readBytes(path: string, length = Infinity): Uint8Array {
  return readRegularFile(path, { length });
}

function writeFlushed(path: string, content: Uint8Array | string): void {
  const fd = openSync(path, 'wx');
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes a rename last through a power cut. */
function flushFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    // Windows and some network disks have no such operation; what counts is that a real disk error is heard.
    if (systemCode(error) === 'EIO') throw error;
  }
}

/** Removes what processes left in a folder that were killed before they had finished it, and finishes what they had only to rename. */
export function clearLeftovers(folder: string): void {
  try {
    const now = statSync(folder).mtimeMs;
    for (const name of readdirSync(folder)) {
      if (!isAbandoned(folder, name, now)) continue;
      const path = join(folder, name);
      if (name.endsWith('.new')) moveIntoPlace(path);
      else rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // The file asked for can be written all the same; tidying is repeated at the next save.
  }
}
