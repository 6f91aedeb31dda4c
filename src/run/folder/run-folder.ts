/**
 * @file A training run is a folder: `config.json`, `env.json`, `history.json`, `metrics.jsonl`, TensorBoard event files,
 * `checkpoints/` and `samples/`. `config.json` is written last, so that a folder with it is a run and one without it is not.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import { readTextFile } from '../../base/regular-file.ts';
import { attempt } from '../../base/system-problem.ts';
import { clearLeftovers, writeAtomic } from '../../io/atomic.ts';
import { type Lock, lockFolder, lockName } from './lock.ts';
import { isTemporary } from '../../io/temporary.ts';
import { makeFolder } from '../../io/folders.ts';

/** What is written down of a run when it begins. */
export interface RunRecord {
  /** The resolved configuration. */
  readonly config: Json;
  /** Versions and machine: node, scorefield, onnxruntime, platform, number of processors. */
  readonly env: Readonly<Record<string, Json>>;
}

/** A run on the disk. */
export interface Run extends RunRecord {
  readonly folder: string;
}

const configName = 'config.json';
const envName = 'env.json';
const checkpointsName = 'checkpoints';
const samplesName = 'samples';
const roundsName = 'rounds';
const pairsName = 'pairs';
/** Larger files are no records. */
const maxRecordBytes = 2 ** 24;

/** Folder of a run's checkpoints. */
export function checkpointsFolder(run: Run): string {
  return join(run.folder, checkpointsName);
}

/** Folder of the samples that a run draws on its way. */
export function samplesFolder(run: Pick<Run, 'folder'>): string {
  return join(run.folder, samplesName);
}

/** Folder of the runs of the rounds before the last one, of a run that was distilled in several. */
export function roundsFolder(folder: string): string {
  return join(folder, roundsName);
}

/** Folder of the pairs of noise and samples that a run was distilled from. */
export function pairsFolder(folder: string): string {
  return join(folder, pairsName);
}

/** Whether a folder contains a run. */
export function isRun(folder: string): boolean {
  return existsSync(join(folder, configName));
}

/**
 * Begins a run in a folder that is new, empty, or contains only what an interrupted `createRun` left, runs of rounds before this one, and pairs.
 * @throws FileError if the folder has other content, is a file, or cannot be written.
 */
export function createRun(folder: string, { config, env }: RunRecord): Run {
  attempt(folder, 'cannot be created', () => {
    requireNewRun(folder);
    makeFolder(folder);
  });
  const lock = lockFolder(folder);
  try {
    return attempt(folder, 'cannot be created', () => {
      // Another process may have started a run here between the first look and the lock.
      requireNewRun(folder);
      makeFolder(join(folder, checkpointsName));
      makeFolder(join(folder, samplesName));
      writeAtomic(join(folder, envName), pretty(env));
      writeAtomic(join(folder, configName), pretty(config));
      return { folder, config, env };
    });
  } finally {
    lock.release();
  }
}

/**
 * Opens the run in a folder, to read it or (with `lockRun`) to go on with it.
 * @throws FileError if the folder is not there, is not a run, or its records cannot be read.
 */
export function openRun(folder: string): Run {
  attempt(folder, 'cannot be opened', () => {
    if (!statSync(folder).isDirectory()) throw new FileError(folder, 'expected the folder of a run, found a file');
    if (isRun(folder)) return;
    throw new FileError(
      folder,
      isUnfinished(folder)
        ? 'the start of this run was interrupted; start it again with the same --out'
        : `not a run: it has no ${configName}; give the folder that \`train --out\` was given`,
    );
  });
  const config = readJson(join(folder, configName));
  const env = readJson(join(folder, envName));
  if (typeof env !== 'object' || env === null || Array.isArray(env))
    throw new FileError(join(folder, envName), 'expected a JSON object');
  return { folder, config, env: env as RunRecord['env'] };
}

/**
 * Writes a changed configuration into a run.
 * @throws FileError if it cannot be written; the old one is then as it was.
 */
export function updateConfig(run: Run, config: Json): Run {
  writeAtomic(join(run.folder, configName), pretty(config));
  return { ...run, config };
}

/**
 * Takes the right to write to a run until `release` or the end of the process. Nothing else is written.
 * @throws FileError naming the process that trains it now, or if the run cannot be written.
 */
export function lockRun(run: Pick<Run, 'folder'>): Lock {
  return lockFolder(run.folder);
}

/** Makes the folders of a run that a copy of it may have lost, and clears what killed trainings left. For the holder of the lock. */
export function completeFolders(run: Run): void {
  for (const folder of [checkpointsFolder(run), samplesFolder(run)]) makeFolder(folder);
  for (const folder of [run.folder, checkpointsFolder(run), samplesFolder(run)]) clearLeftovers(folder);
}

/**
 * Checks before anything is written that a run can begin in a folder, as `createRun` does.
 * @throws FileError if it contains a run, or anything else than what an interrupted `createRun` left, runs of rounds before this one, and pairs.
 */
export function requireNewRun(folder: string): void {
  if (isRun(folder))
    throw new FileError(folder, 'there is a run in this folder; go on with it with --resume, or choose another --out');
  requireFree(folder, (name) => isPart(folder, name));
}

/**
 * Checks before anything is written that a folder is new, is empty, or has only what a write left that was killed.
 * @param may - whether a name may be there all the same; none by default
 * @throws FileError if it has other content, or is a file.
 */
export function requireFree(folder: string, may: (name: string) => boolean = () => false): void {
  attempt(folder, 'cannot be created', () => {
    const kind = statSync(folder, { throwIfNoEntry: false });
    if (kind === undefined) return;
    if (!kind.isDirectory())
      throw new FileError(folder, 'expected a folder for the run, found a file; choose another --out');
    if (!readdirSync(folder).every((name) => isTemporary(name) || may(name)))
      throw new FileError(folder, 'the folder is not empty; choose another --out');
  });
}

/** Whether all that a folder contains is what `createRun` makes before the last step, and at least something of it. */
function isUnfinished(folder: string): boolean {
  const names = readdirSync(folder);
  return names.length > 0 && names.every((name) => isTemporary(name) || isPart(folder, name));
}

function isPart(folder: string, name: string): boolean {
  if (name === envName || name === lockName || name === roundsName || name === pairsName) return true;
  const path = join(folder, name);
  const known = name === checkpointsName || name === samplesName;
  return known && statSync(path).isDirectory() && readdirSync(path).every(isTemporary);
}

/**
 * The value of a small JSON file of a run.
 * @throws FileError if it cannot be read or is not JSON.
 */
export function readJson(file: string): Json {
  const text = readTextFile(file, { maxBytes: maxRecordBytes });
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new FileError(file, 'expected JSON; the file is damaged, restore it from a copy or start a new run', {
      cause,
    });
  }
}

function pretty(value: Json): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
