/** @file The checkpoints of a run: `checkpoints/<step>.safetensors`, of which the newest ones and the best one are kept. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, positiveInteger } from '../base/check.ts';
import { FileError } from '../base/errors.ts';
import { advise, attempt } from '../base/system-problem.ts';
import { readBytes, writeAtomic } from './atomic.ts';
import { checkpointsFolder, type Run } from './run-folder.ts';
import * as safetensors from './safetensors.ts';

/** A checkpoint with the step after which it was taken. */
export interface LoadedCheckpoint {
  readonly step: number;
  readonly checkpoint: safetensors.Safetensors;
}

/** What `saveCheckpoint` needs besides the checkpoint. */
export interface SaveOptions {
  /** How many of the newest checkpoints stay, at least 1. */
  readonly keep: number;
  /** Loss by which checkpoints compare; the one with the lowest stays too. */
  readonly loss?: number;
}

const lossKey = 'loss';
const stepKey = 'step';

/**
 * Writes the checkpoint of a step, whole or not at all, with `step` and `loss` in its metadata; then deletes those that are
 * neither among the `keep` newest nor the best. Later steps are of a history that was left by going back, and are deleted.
 * @throws FileError if it cannot be written; the checkpoints are then as they were.
 */
export function saveCheckpoint(
  run: Run,
  step: number,
  { tensors, metadata }: safetensors.Safetensors,
  { keep, loss }: SaveOptions,
): void {
  checkOptions(
    [Number.isSafeInteger(step) && step >= 0, 'step', `expected an integer of 0 or more, got ${step}`],
    positiveInteger('keep', keep),
  );
  const record = { ...metadata, [stepKey]: String(step), ...(loss === undefined ? {} : { [lossKey]: String(loss) }) };
  writeAtomic(checkpointFile(run, step), safetensors.encodeSafetensors({ tensors, metadata: record }));

  const steps = listCheckpoints(run);
  const history = steps.filter((s) => s <= step);
  const kept = new Set([...history.slice(-keep), best(run, history)]);
  for (const old of steps.filter((s) => !kept.has(s))) {
    const file = checkpointFile(run, old);
    attempt(file, 'cannot be deleted', () => rmSync(file, { force: true }));
  }
}

/** Steps of the checkpoints of a run, ascending. */
export function listCheckpoints(run: Run): readonly number[] {
  const folder = checkpointsFolder(run);
  return attempt(folder, 'cannot be read', () => (existsSync(folder) ? readdirSync(folder) : []))
    .flatMap((name) => /^(\d{8,15})\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Step of the checkpoint with the lowest loss, the latest of equals; `undefined` where none records a loss. */
export function bestCheckpoint(run: Run): number | undefined {
  return best(run, listCheckpoints(run));
}

/**
 * Reads the checkpoint of a step, or the latest one.
 * @throws FileError if there is none; if it is damaged, naming it and the newest earlier one that is sound.
 */
export function loadCheckpoint(run: Run, step?: number): LoadedCheckpoint {
  const steps = listCheckpoints(run);
  const wanted = step ?? steps.at(-1);
  if (wanted === undefined)
    throw new FileError(run.folder, 'there is no checkpoint yet; start the run again with a new --out');
  if (!steps.includes(wanted))
    throw new FileError(
      run.folder,
      `there is no checkpoint of step ${wanted}; there are: ${steps.join(', ') || 'none'}`,
    );
  const file = checkpointFile(run, wanted);
  const advice = (): string => {
    const sound = steps.filter((s) => s < wanted).findLast((s) => isSound(run, s));
    return sound === undefined ? 'no earlier one is sound, start a new run' : `delete it to resume from step ${sound}`;
  };
  return { step: wanted, checkpoint: advise(file, advice, () => read(file, wanted)) };
}

/** The file of the checkpoint of a step. */
export function checkpointFile(run: Run, step: number): string {
  return join(checkpointsFolder(run), `${String(step).padStart(8, '0')}.safetensors`);
}

/** Reads a checkpoint; its header must account for every byte of the file before the file is read whole. */
function read(file: string, step: number): safetensors.Safetensors {
  headerOf(file);
  const checkpoint = safetensors.decodeParameters(readBytes(file), file);
  const found = checkpoint.metadata[stepKey];
  if (found !== String(step))
    throw new FileError(file, `expected the checkpoint of step ${step}, found that of ${found ?? 'no step'}`);
  return checkpoint;
}

function isSound(run: Run, step: number): boolean {
  const file = checkpointFile(run, step);
  try {
    read(file, step);
    return true;
  } catch {
    return false;
  }
}

function best(run: Run, steps: readonly number[]): number | undefined {
  return steps
    .map((step) => ({ step, loss: lossOf(checkpointFile(run, step)) }))
    .filter(({ loss }) => !Number.isNaN(loss))
    .sort((a, b) => a.loss - b.loss || b.step - a.step)[0]?.step;
}

/** Recorded loss, from the header alone; NaN for a checkpoint without one or that is damaged. */
function lossOf(file: string): number {
  try {
    return Number(headerOf(file).metadata[lossKey] ?? NaN);
  } catch {
    return NaN;
  }
}

function headerOf(file: string): safetensors.SafetensorsHeader {
  const prefix = readBytes(file, safetensors.prefixLength);
  const size = attempt(file, 'cannot be read', () => statSync(file).size);
  const length = safetensors.prefixLength + safetensors.headerLength(prefix, size, file);
  return safetensors.decodeHeader(readBytes(file, length), size, file);
}
