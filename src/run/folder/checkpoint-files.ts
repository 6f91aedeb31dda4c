/** @file The checkpoints of a run: `checkpoints/<step>.safetensors`, of which the newest ones and the best one are kept. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { FileError } from '../../base/errors.ts';
import { advise, attempt, systemCode } from '../../base/system-problem.ts';
import { shellWord } from '../../base/words.ts';
import { readBytes, writeAtomic } from '../../io/atomic.ts';
import { historyName, lastSaved, recordSaved } from './history.ts';
import { checkpointsFolder, type Run } from './run-folder.ts';
import * as safetensors from '../../io/safetensors.ts';

/** A checkpoint with the step after which it was taken. */
export interface LoadedCheckpoint {
  readonly step: number;
  readonly checkpoint: safetensors.Safetensors;
}

/** Saves the checkpoints of a training. */
export interface CheckpointWriter {
  /**
   * Writes the checkpoint of a step, whole or not at all, with `step` and `loss` in its metadata; then deletes those of this
   * training and of what it began from that are neither among the newest nor the best.
   * @param loss - by which checkpoints compare; the one with the lowest stays
   * @throws FileError if it cannot be written, or if there are checkpoints that are not of this training; the checkpoints are then
   * as they were.
   */
  save(step: number, checkpoint: safetensors.Safetensors, loss?: number): void;
}

/** How the checkpoints of a training are kept. */
export interface CheckpointOptions {
  /** How many of the newest checkpoints stay, at least 1. */
  readonly keep: number;
  /** Step of the checkpoint that the training goes on from; without, there must be none. */
  readonly resumeStep?: number | undefined;
}

const lossKey = 'loss';
const stepKey = 'step';

/**
 * Begins to save the checkpoints of a training. What a killed one had still to write down and to delete comes first. Nothing is ever deleted or
 * replaced but what this training has written or was there at its begin: another training's checkpoints may come to light
 * when a disk is mounted.
 * @throws FileError if there are later checkpoints than that of `resumeStep`.
 */
export function checkpointWriter(run: Run, { keep, resumeStep = -1 }: CheckpointOptions): CheckpointWriter {
  checkOptions(positiveInteger('keep', keep));
  const own = new Set(listCheckpoints(run).filter((step) => step <= resumeStep));
  const refuseForeign = (): void => {
    const foreign = listCheckpoints(run).filter((step) => !own.has(step));
    if (foreign.length === 0) return;
    const what = `checkpoints that this training has not written are there (steps ${foreign.slice(-3).join(', ')})`;
    throw new FileError(
      checkpointsFolder(run),
      `${what}; nothing was changed; move them away, or train with another --out`,
    );
  };
  const prune = (): void => {
    const steps = [...own].sort((a, b) => a - b);
    const kept = new Set([...steps.slice(-keep), best(run, steps)]);
    for (const old of steps.filter((step) => !kept.has(step))) {
      const file = checkpointFile(run, old);
      attempt(file, 'cannot be deleted', () => rmSync(file, { force: true }));
      own.delete(old);
    }
  };
  refuseForeign();
  if (own.has(resumeStep) && lastSaved(run) !== resumeStep) recordSaved(run, resumeStep);
  prune();
  return {
    save: (step, { tensors, metadata }, loss) => {
      checkOptions([Number.isSafeInteger(step) && step >= 0, 'step', `expected an integer of 0 or more, got ${step}`]);
      refuseForeign();
      const record = {
        ...metadata,
        [stepKey]: String(step),
        ...(loss === undefined ? {} : { [lossKey]: String(loss) }),
      };
      writeAtomic(checkpointFile(run, step), safetensors.encodeSafetensors({ tensors, metadata: record }));
      own.add(step);
      recordSaved(run, step);
      prune();
    },
  };
}

/** Steps of the checkpoints of a run, ascending. */
export function listCheckpoints(run: Run): readonly number[] {
  const folder = checkpointsFolder(run);
  return attempt(folder, 'cannot be read', () => namesIn(folder))
    .flatMap((name) => /^(\d{8,15})\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** A folder that is not there has none; one that cannot be read is not taken for empty. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Step of the checkpoint with the lowest loss, the latest of equals; `undefined` where none records a loss. */
export function bestCheckpoint(run: Run): number | undefined {
  return best(run, listCheckpoints(run));
}

/** Readings of the latest checkpoint, each of which found it deleted by a training that had saved a later one meanwhile. */
const mostReadings = 20;

/**
 * Reads the checkpoint of a step, or the latest one. A training may go on meanwhile: where it has replaced the latest one by a later
 * one before that was read, the later one is read.
 * @throws FileError if there is none; if it is damaged, naming it and the newest earlier one that is sound.
 */
export function loadCheckpoint(run: Run, step?: number): LoadedCheckpoint {
  for (let readings = 1; ; readings++) {
    const steps = listCheckpoints(run);
    const wanted = step ?? steps.at(-1);
    if (wanted === undefined) throw nothingSaved(run);
    try {
      return loadFrom(run, steps, wanted);
    } catch (error) {
      const replaced = step === undefined && !existsSync(checkpointFile(run, wanted));
      const later = replaced && (listCheckpoints(run).at(-1) ?? -1) > wanted;
      if (!later || readings === mostReadings) throw error;
    }
  }
}

function nothingSaved(run: Run): FileError {
  const saved = lastSaved(run);
  return new FileError(
    run.folder,
    saved === undefined
      ? `there is no checkpoint yet; train it first: scorefield train … --out ${shellWord(run.folder)} --resume`
      : `its checkpoint of step ${saved} is missing, and there is no other; bring the folder checkpoints back`,
  );
}

function loadFrom(run: Run, steps: readonly number[], wanted: number): LoadedCheckpoint {
  if (!steps.includes(wanted))
    throw new FileError(
      run.folder,
      `there is no checkpoint of step ${wanted}; there are: ${steps.join(', ') || 'none'}`,
    );
  const file = checkpointFile(run, wanted);
  const advice = (): string => {
    const sound = steps.filter((s) => s < wanted).findLast((s) => isSound(run, s));
    return sound === undefined
      ? 'no earlier one is sound, start a new run'
      : `delete it, and ${historyName} of the run, to resume from step ${sound}`;
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
