/** @file The metrics of a run that is written to meanwhile: each look reads what has come since the last one. */
import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { FileError } from '../../base/errors.ts';
import { attempt } from '../../base/system-problem.ts';
import { metricsFile, metricsLines, type MetricsLine } from './metrics.ts';
import type { Run } from './run-folder.ts';

/** What a look has found. */
export interface FollowedMetrics {
  readonly lines: readonly MetricsLine[];
  /** When the file was last written to, in milliseconds since 1970; undefined where there is none yet. */
  readonly writtenMs: number | undefined;
}

/** Bytes that are read at a time. */
const blockBytes = 2 ** 22;

/**
 * A function that returns all lines of the metrics of a run. A training that goes on from an earlier step puts another file in the
 * place of the old one, which is then read anew.
 * @throws FileError from that function if the file cannot be read or is damaged.
 */
export function followMetrics(run: Pick<Run, 'folder'>): () => FollowedMetrics {
  const file = metricsFile(run);
  let seen = { file: 0, bytes: 0 };
  let lines: MetricsLine[] = [];
  return () => {
    if (!existsSync(file)) return { lines: [], writtenMs: undefined };
    return attempt(file, 'cannot be read', () => {
      // Without blocking: a pipe would wait for a writer.
      const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const now = fstatSync(fd);
        if (!now.isFile()) throw new FileError(file, 'expected a file');
        if (now.ino !== seen.file || now.size < seen.bytes) [seen, lines] = [{ file: now.ino, bytes: 0 }, []];
        while (seen.bytes < now.size) {
          const block = Buffer.alloc(Math.min(blockBytes, now.size - seen.bytes));
          const text = block.subarray(0, readSync(fd, block, 0, block.length, seen.bytes));
          const end = text.lastIndexOf(10) + 1;
          // What follows the last line break is a line that is being written.
          if (end === 0) break;
          lines.push(...metricsLines(text.toString('utf8', 0, end), file));
          seen = { ...seen, bytes: seen.bytes + end };
        }
        return { lines, writtenMs: now.mtimeMs };
      } finally {
        closeSync(fd);
      }
    });
  };
}
