/** @file One writer per run: a lock file that names its holder, and that a killed holder does not keep. */
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { readTextFile } from '../base/regular-file.ts';
import { attempt, systemCode } from '../base/system-problem.ts';
import { temporaryPath } from './atomic.ts';
import { type Owner, ownerState, thisProcess } from './process.ts';

/** The right to write a run; a process that ends without releasing it loses it all the same. */
export interface Lock {
  release(): void;
}

/** Name of the lock file in a run. */
export const lockName = 'train.lock';

/**
 * Takes the lock of a run, also from a holder that no longer runs.
 * @throws FileError naming the process that holds it, or if the folder cannot be written.
 */
export function lockFolder(folder: string): Lock {
  const file = join(folder, lockName);
  const mine = JSON.stringify(thisProcess());
  // Each round that does not return or throw has seen the lock change hands.
  for (let round = 0; round < 10; round++) {
    if (created(file, mine)) return heldLock(file, mine);
    const found = settled(file);
    if (found === undefined) continue;
    const holder = parseOwner(found);
    if (holder !== undefined) refuseUnlessEnded(folder, file, holder);
    removeStale(folder, file, found);
  }
  throw new FileError(folder, 'several processes try to train this run at once; stop all but one');
}

function heldLock(file: string, mine: string): Lock {
  let held = true;
  return {
    release: () => {
      if (held && read(file) === mine) attempt(file, 'cannot be removed', () => rmSync(file, { force: true }));
      held = false;
    },
  };
}

function created(file: string, content: string): boolean {
  return attempt(file, 'cannot be written', () => {
    let fd: number;
    try {
      fd = openSync(file, 'wx');
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    }
    try {
      writeFileSync(fd, content);
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
    return true;
  });
}

function read(file: string): string | undefined {
  return attempt(file, 'cannot be read', () => {
    try {
      return readTextFile(file);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}

/** Content of the lock file, after a pause if its creator may be just about to write it. */
function settled(file: string): string | undefined {
  const found = read(file);
  if (found === undefined || parseOwner(found) !== undefined) return found;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  return read(file);
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, host, start } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0 || typeof host !== 'string') return undefined;
    return { pid: pid as number, host, ...(typeof start === 'string' ? { start } : {}) };
  } catch {
    return undefined;
  }
}

function refuseUnlessEnded(folder: string, file: string, holder: Owner): void {
  const state = ownerState(holder);
  if (state === 'running')
    throw new FileError(
      folder,
      `this run is being trained by process ${holder.pid}; wait until it ends, stop it, or choose another --out`,
    );
  if (state === 'elsewhere')
    throw new FileError(
      folder,
      `this run is locked by process ${holder.pid} on machine "${holder.host}"; if that process no longer runs, ` +
        `delete ${file}`,
    );
}

/** Moves a stale lock away. Of several processes that try, the rename lets one win; it gives back what was not stale. */
function removeStale(folder: string, file: string, stale: string): void {
  const aside = temporaryPath(folder);
  attempt(file, 'cannot be removed', () => {
    try {
      renameSync(file, aside);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      throw error;
    }
    if (readTextFile(aside) === stale) rmSync(aside, { force: true });
    else renameSync(aside, file);
  });
}
