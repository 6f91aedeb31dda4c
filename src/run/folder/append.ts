/** @file A log that grows by whole entries: one that does not fit on the disk is taken back. */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { InternalError } from '../../base/errors.ts';
import { attempt } from '../../base/system-problem.ts';

/** An open log file. */
export interface Appender {
  readonly file: string;
  /** Adds one entry, whole or not at all. */
  append(entry: Uint8Array | string): void;
  /** Waits until every entry is on the disk. */
  sync(): void;
  close(): void;
}

/**
 * Opens a file for appending, and creates it where it is missing; with `fresh`, it must be missing.
 * @throws FileError if that fails, and from `append` and `sync` when the disk does not take the entry.
 */
export function openAppender(file: string, { fresh = false } = {}): Appender {
  const fd = attempt(file, 'cannot be written', () => openSync(file, fresh ? 'ax' : 'a'));
  let size = fstatSync(fd).size;
  let open = true;

  const use = (action: () => void): void => {
    if (!open) throw new InternalError(`${file} is used after it was closed`);
    attempt(file, 'cannot be written', action);
  };

  return {
    file,
    append: (entry) =>
      use(() => {
        const bytes = typeof entry === 'string' ? Buffer.from(entry) : entry;
        try {
          writeFileSync(fd, bytes);
          size += bytes.length;
        } catch (error) {
          takeBack(fd, size);
          throw error;
        }
      }),
    sync: () => use(() => fdatasyncSync(fd)),
    close: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function takeBack(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // A torn last entry is what readers of a log expect; the error that matters is the one of writing.
  }
}
