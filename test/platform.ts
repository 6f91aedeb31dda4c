/** @file What of the system tests rely on, so that they are skipped where it is not, and say so in their names. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Whether there are the shell, the signals, the permissions and the links of Unix. */
export const unix = process.platform !== 'win32';

/** For titles of tests that need it. */
export const onUnix = unix ? '' : ' (skipped: not on Windows)';

/** Whether there is the device that is always full, which is Linux's. */
export const hasFullDevice = existsSync('/dev/full');

/** For titles of tests that need it. */
export const withFullDevice = hasFullDevice ? '' : ' (skipped: there is no /dev/full)';

/** Whether there is the command that makes pipes with names. */
export const hasMkfifo = unix && spawnSync('mkfifo', ['--help']).error === undefined;

/** For titles of tests that need it. */
export const withMkfifo = hasMkfifo ? '' : ' (skipped: there is no mkfifo)';

/** The number of a process that has ended. */
export function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
