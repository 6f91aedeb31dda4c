/** @file What a run folder contains: its records, its checkpoints, and the network of the latest one. */
import { bestCheckpoint, listCheckpoints } from '../run/folder/checkpoint-files.ts';
import { readMetrics } from '../run/folder/metrics.ts';
import { openRun, type Run } from '../run/folder/run-folder.ts';
import { loadAnyRun, type LoadedRun } from '../run/load.ts';

/** What a run folder contains. */
export interface RunFacts {
  readonly run: Run;
  /** Steps of the checkpoints. */
  readonly checkpoints: readonly number[];
  /** Step of the checkpoint of least smoothed loss. */
  readonly best: number | undefined;
  /** Steps that were taken. */
  readonly step: number;
  /** Seconds of training. */
  readonly seconds: number;
  readonly smoothedLoss: number | undefined;
  /** The latest checkpoint; undefined before the first one. */
  readonly latest: LoadedRun | undefined;
}

/**
 * Reads what a run folder contains.
 * @throws FileError if it is not a run, or a file of it is damaged.
 */
export function runFacts(folder: string): RunFacts {
  const run = openRun(folder);
  const checkpoints = listCheckpoints(run);
  const last = readMetrics(run).at(-1);
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  return {
    run,
    checkpoints,
    best: bestCheckpoint(run),
    step: last?.step ?? 0,
    seconds: number(last?.['seconds']) ?? 0,
    smoothedLoss: number(last?.['smoothedLoss']),
    latest: checkpoints.length > 0 ? loadAnyRun(folder) : undefined,
  };
}
