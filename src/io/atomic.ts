/** @file Files that are whole or absent: a reader never sees half of one, whenever the writer dies. */
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { FileError } from '../base/errors.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { attempt, systemCode } from '../base/system-problem.ts';
import { ownerState } from './process.ts';

export { systemProblem } from '../base/system-problem.ts';

/**
 * Writes a file under a temporary name in the same folder, flushes it to the disk, and renames it, so that `path` holds the
 * old or the new content and nothing between. It replaces an existing file, and clears what killed processes left behind.
 * @throws FileError saying what happened and what to do; then `path` is as before and nothing else is left.
 */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  const folder = dirname(path);
  const temporary = temporaryPath(folder);
  attempt(path, 'cannot be written', () => {
    const present = statSync(path, { throwIfNoEntry: false });
    if (present?.isDirectory()) throw new FileError(path, 'cannot be written: it is a folder; give the path of a file');
    if (present?.isFile() === false)
      throw new FileError(path, 'cannot be written: it is a device or a pipe; give the path of a file');
    rmSync(temporary, { force: true });
    try {
      writeFlushed(temporary, content);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    flushFolder(folder);
  });
  clearLeftovers(folder);
}

/**
 * Bytes of a file, or its first `length` bytes.
 * @throws FileError if it cannot be read, or is not a regular file.
 */
export function readBytes(path: string, length = Infinity): Uint8Array {
  return readRegularFile(path, { length });
}

/** Whether a file name is that of an unfinished file, which readers of folders pass over. */
export function isTemporary(name: string): boolean {
  return temporaryPattern.test(name);
}

const temporaryPattern = /^\.scorefield-(.*)-(\d+)-(\d+)\.tmp$/;

/** Where this thread puts what is not finished; it finishes one file at a time, so that host, process and thread name it. */
export function temporaryPath(folder: string): string {
  return join(folder, `.scorefield-${hostname()}-${process.pid}-${threadId}.tmp`);
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

/** A process of another machine is not visible from here: its file counts as left behind when it is an hour older. */
const leftoverAgeMs = 3_600_000;

function clearLeftovers(folder: string): void {
  try {
    const now = statSync(folder).mtimeMs;
    for (const name of readdirSync(folder)) {
      const [, host, pid] = temporaryPattern.exec(name) ?? [];
      if (host === undefined) continue;
      const file = join(folder, name);
      const state = ownerState({ host, pid: Number(pid) });
      const old = now - lstatSync(file).mtimeMs > leftoverAgeMs;
      if (state === 'ended' || (state === 'elsewhere' && old)) rmSync(file, { force: true });
    }
  } catch {
    // The file asked for is written; tidying is tried again at the next save.
  }
}
