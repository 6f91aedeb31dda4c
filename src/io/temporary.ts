/** @file Names of what is not finished: random, so that no two writers share one, with what shows later whether the writer still runs. */
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ownerState, processSpace } from './process.ts';

/** A new path in a folder for what is not finished. */
export function temporaryPath(folder: string): string {
  return join(folder, `.scorefield-${randomBytes(8).toString('hex')}-${process.pid}-${spaceTag()}.tmp`);
}

/** The path of a folder of files that are finished and on their way to their names. */
export function committedPath(temporary: string): string {
  return temporary.replace(/\.tmp$/, '.new');
}

/** Whether a file name is that of something unfinished, which readers of folders pass over. */
export function isTemporary(name: string): boolean {
  return /^\.scorefield-.+\.(tmp|new)$/.test(name);
}

/** A writer that cannot be seen from here counts as ended when what it left is an hour old. */
const leftoverAgeMs = 3_600_000;

/**
 * Whether something unfinished has been left by a process that ended.
 * @param nowMs - the time by the clock of the disk, which may be another one's than that of this machine
 */
export function isAbandoned(folder: string, name: string, nowMs: number): boolean {
  if (!isTemporary(name)) return false;
  const [, pid, tag] = /^\.scorefield-[0-9a-f]{16}-(\d+)-([0-9a-f]{12})\.\w+$/.exec(name) ?? [];
  if (tag === spaceTag()) return ownerState({ pid: Number(pid), host: hostname() }) === 'ended';
  return nowMs - lstatSync(join(folder, name)).mtimeMs > leftoverAgeMs;
}

/** Distinguishes the processes of one boot and namespace from others, in few characters. */
function spaceTag(): string {
  return createHash('sha256')
    .update(processSpace() ?? hostname())
    .digest('hex')
    .slice(0, 12);
}
