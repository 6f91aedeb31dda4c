/**
 * @file What a run has come to, apart from its checkpoints: `history.json` names the newest one that was saved. A disk that is not
 * there looks like a run without checkpoints; with this it does not.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { readMetrics } from './metrics.ts';
import { type Run, readJson } from './run-folder.ts';

/** Name of the record in a run. */
export const historyName = 'history.json';

/** Writes down that the checkpoint of a step is saved. */
export function recordSaved(run: Run, step: number): void {
  writeAtomic(join(run.folder, historyName), `${JSON.stringify({ checkpoint: step })}\n`);
}

/**
 * Step of the newest checkpoint that was ever saved, as far as is written down.
 * @throws FileError if the record is damaged.
 */
export function lastSaved(run: Run): number | undefined {
  const file = join(run.folder, historyName);
  if (!existsSync(file)) return undefined;
  const value = readJson(file);
  const step =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, Json>)['checkpoint']
      : undefined;
  if (!Number.isSafeInteger(step) || (step as number) < 0)
    throw new FileError(file, 'expected the step of a checkpoint, such as {"checkpoint": 500}; the file is damaged');
  return step as number;
}

/**
 * Checks that a run which is to go on has the checkpoints that it had.
 * @param newest - step of the newest checkpoint that is there
 * @param checkpointEvery - steps between checkpoints by the configuration of the run
 * @throws FileError saying which are missing, and how to begin anew, if the record or the metrics mention later ones.
 */
export function requireHistory(run: Run, newest: number | undefined, checkpointEvery: number): void {
  const saved = lastSaved(run);
  const lost = (step: number, there: string, without: string): FileError =>
    new FileError(
      run.folder,
      `its checkpoint of step ${step} is missing, ${there}; bring the folder checkpoints back, such as by mounting its disk; ` +
        `or, to ${without}; or choose another --out`,
    );
  if (saved !== undefined && newest === undefined)
    throw lost(saved, 'and there is no other', `begin anew, delete ${historyName} and metrics.jsonl in it`);
  if (saved !== undefined && newest !== undefined && newest < saved)
    throw lost(saved, `the newest is of step ${newest}`, `go on from that one, delete ${historyName} in it`);
  if (saved !== undefined || newest !== undefined) return;
  // A run of an earlier version: a step is only written down after the checkpoint that was due before it.
  const last = readMetrics(run).at(-1)?.step ?? 0;
  const due = Math.floor((last - 1) / checkpointEvery) * checkpointEvery;
  if (due > 0) throw lost(due, 'and there is no other', 'begin anew, delete metrics.jsonl in it');
}
