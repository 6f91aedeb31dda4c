/**
 * @file One writer per run: a lock file that names its holder, and that a killed holder does not keep.
 *
 * A holder that can be seen from here, a process of the same boot and namespace, is looked up. Any other, on another machine or in
 * another container, is judged by the time of the lock file, which every holder renews; both times that are compared are those of
 * the disk, so that clocks may differ. A holder that was stopped for so long that another took its place finds out by `confirm`.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { readTextFile } from '../../base/regular-file.ts';
import { attempt, systemCode } from '../../base/system-problem.ts';
import { type Owner, ownerState, thisProcess } from '../../io/process.ts';
import { temporaryPath } from '../../io/temporary.ts';

/** The right to write a run; a process that ends without releasing it loses it all the same. */
export interface Lock {
  /**
   * To be called before something is written.
   * @throws FileError if another process has taken the lock over, or it was deleted.
   */
  confirm(): void;
  release(): void;
}

/** Name of the lock file in a run. */
export const lockName = 'train.lock';

/** How often a holder renews its lock, and after how much time without it the lock counts as left behind, in milliseconds. */
const renewMs = 10_000;
const silentMs = 120_000;

/** Time that a creator has for writing its name into a new lock, on disks that cannot do both at once, in milliseconds. */
const namingMs = 500;

/** Larger files are no locks. */
const maxBytes = 65_536;

/**
 * Takes the lock of a run, also from a holder that no longer runs.
 * @throws FileError naming the process that has it, or if the folder cannot be written.
 */
export function lockFolder(folder: string): Lock {
  const file = join(folder, lockName);
  const mine = JSON.stringify({ ...thisProcess(), token: randomBytes(16).toString('hex') });
  const draft = temporaryPath(folder);
  try {
    attempt(file, 'cannot be written', () => writeFileSync(draft, mine, { flag: 'wx' }));
    // Each round that does not return or throw has seen the lock change hands.
    for (let round = 0; round < 10; round++) {
      if (created(file, draft, mine)) return startLock(folder, file, mine);
      const found = readNamed(file);
      if (found === undefined) continue;
      const holder = parseOwner(found);
      if (holder !== undefined) refuseUnlessEnded(folder, file, { holder, silence: silenceOf(file, draft) });
      removeStale(folder, file, found);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new FileError(folder, 'several processes try to train this run at once; stop all but one');
}

function startLock(folder: string, file: string, mine: string): Lock {
  let active = true;
  // Writing through an open file cannot renew the lock of another process, whatever has become of the name.
  const fd = attempt(file, 'cannot be written', () => openSync(file, 'r+'));
  const timer = setInterval(() => {
    try {
      writeSync(fd, mine.slice(0, 1), 0);
    } catch {
      // A disk that is away for a moment; `confirm` reports a lock that has gone to another process.
    }
  }, renewMs);
  timer.unref();
  const release = (): void => {
    if (!active) return;
    active = false;
    process.off('exit', release);
    clearInterval(timer);
    closeSync(fd);
    if (read(file) === mine) attempt(file, 'cannot be removed', () => rmSync(file, { force: true }));
  };
  process.on('exit', release);
  return {
    confirm: () => {
      const found = read(file);
      if (found === mine) return;
      const what =
        found === undefined
          ? 'the lock of this training was deleted'
          : 'another process has taken this run over, as this one did not run for a while';
      throw new FileError(
        folder,
        `${what}; this training ends without saving, --resume goes on from the last checkpoint`,
      );
    },
    release,
  };
}

/** Creates the lock with its content, unless there is one. */
function created(file: string, draft: string, content: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    // Over a network the answer to a link that was made may be lost, and the second request finds it there.
    if (statSync(draft).nlink > 1) return true;
    if (systemCode(error) === 'EEXIST') return false;
  }
  // Some disks have no links.
  return attempt(file, 'cannot be written', () => {
    try {
      const fd = openSync(file, 'wx');
      try {
        writeFileSync(fd, content);
      } catch (error) {
        rmSync(file, { force: true });
        throw error;
      } finally {
        closeSync(fd);
      }
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Content of the lock file; undefined where there is none. */
function read(file: string): string | undefined {
  try {
    return readTextFile(file, { maxBytes });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Content of the lock file, after a pause if its creator may be just about to write it. */
function readNamed(file: string): string | undefined {
  const found = read(file);
  if (found === undefined || parseOwner(found) !== undefined) return found;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, namingMs);
  return read(file);
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, host, space, start } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0 || typeof host !== 'string') return undefined;
    return {
      pid: pid as number,
      host,
      ...(typeof space === 'string' ? { space } : {}),
      ...(typeof start === 'string' ? { start } : {}),
    };
  } catch {
    return undefined;
  }
}

/** Milliseconds since the lock was renewed: the times of two files by the clock of one disk. */
function silenceOf(file: string, draft: string): number {
  const renewed = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return renewed === undefined ? 0 : statSync(draft).mtimeMs - renewed;
}

function refuseUnlessEnded(
  folder: string,
  file: string,
  { holder, silence }: { readonly holder: Owner; readonly silence: number },
): void {
  const state = ownerState(holder);
  if (state === 'running')
    throw new FileError(
      folder,
      `this run is being trained by process ${holder.pid}; wait until it ends, stop it, or choose another --out`,
    );
  if (state === 'unseen' && silence < silentMs)
    throw new FileError(
      folder,
      `this run is locked by process ${holder.pid} on machine "${printable(holder.host, { longest: 60 })}"; if that process no ` +
        `longer runs, delete ${file} or try again in ${seconds(silentMs - Math.max(0, silence))} (it is in another container or on ` +
        `another machine, and renewed the lock ${seconds(Math.max(0, silence))} ago)`,
    );
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
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
    if (readTextFile(aside) !== stale && !givenBack(aside, file)) renameSync(aside, file);
    rmSync(aside, { force: true });
  });
}

/** Puts a lock back unless there is a new one by now; `false` on a disk without links. */
function givenBack(aside: string, file: string): boolean {
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    return systemCode(error) === 'EEXIST';
  }
}
