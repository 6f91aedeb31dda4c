/**
 * @file The averages with power-law profiles that a run stores on its way, `averages/<step>.safetensors` in half precision, and the one of
 * them that was chosen to sample with, `average.safetensors`.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { attempt } from '../../base/system-problem.ts';
import { readBytes, writeAtomic } from '../../io/atomic.ts';
import { decodeParameters, encodeSafetensors, type Safetensors } from '../../io/safetensors.ts';
import { storedSpacing } from '../../score/power-profiles.ts';
import type { TrainPoint } from '../../train/train.ts';
import type { ChosenAverage } from '../from-bytes.ts';
import type { Run } from './run-folder.ts';
import { makeFolder } from '../../io/folders.ts';

/** Stores the averages of a training. */
export interface AveragesWriter {
  /** Whether those of a step are stored. */
  due(step: number): boolean;
  /**
   * Stores those of a step, and deletes earlier ones that are no longer needed: 8 to 16 are kept.
   * @throws FileError if they cannot be written.
   */
  save(point: TrainPoint): void;
}

const format = 'scorefield-averages-1';
const chosenFormat = 'scorefield-average-1';

/** Begins to store averages; those of steps after `resumeStep` are deleted, as the training comes to them again. */
export function averagesWriter(
  run: Pick<Run, 'folder'>,
  { gammas, resumeStep }: { readonly gammas: readonly number[]; readonly resumeStep: number },
): AveragesWriter {
  if (gammas.length === 0) return { due: () => false, save: () => undefined };
  const folder = folderOf(run);
  makeFolder(folder);
  const remove = (steps: readonly number[]): void => {
    for (const step of steps)
      attempt(fileOf(run, step), 'cannot be deleted', () => rmSync(fileOf(run, step), { force: true }));
  };
  remove(storedAverages(run).filter((step) => step > resumeStep));
  return {
    due: (step) => step % storedSpacing(step) === 0,
    save: ({ step, state: { profiles = [] } }) => {
      const tensors = profiles.map(
        (data, i) => [`profile${i}`, { shape: [data.length], data, dtype: 'F16' as const }] as const,
      );
      const metadata = { format, step: String(step), gammas: JSON.stringify(gammas) };
      writeAtomic(fileOf(run, step), encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata }));
      remove(storedAverages(run).filter((other) => other <= step && other % storedSpacing(step) !== 0));
    },
  };
}

/** Steps of which averages are stored, ascending. */
export function storedAverages(run: Pick<Run, 'folder'>): readonly number[] {
  const folder = folderOf(run);
  if (!existsSync(folder)) return [];
  return attempt(folder, 'cannot be read', () => readdirSync(folder))
    .flatMap((name) => /^(\d{8,15})\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * The averages that are stored of a step.
 * @param expected - how many there are, of so many numbers
 * @throws FileError if they are damaged or of another training.
 */
export function readAverages(
  run: Pick<Run, 'folder'>,
  step: number,
  expected: { readonly gammas: readonly number[]; readonly length: number },
): readonly Float32Array[] {
  const file = fileOf(run, step);
  const { tensors, metadata } = decodeParameters(readBytes(file), file);
  const same = metadata['format'] === format && metadata['gammas'] === JSON.stringify(expected.gammas);
  const found = expected.gammas.map((_, i) => tensors[`profile${i}`]?.data);
  const whole = found.every((data) => data?.length === expected.length);
  if (!same || !whole) throw new FileError(file, 'it does not contain the averages of this run; delete it');
  return found.flatMap((data) => data ?? []);
}

/**
 * Writes down the average that a run is sampled with.
 * @param chosen.step - of the training that it is of; with a later checkpoint it is no longer taken
 */
export function writeAverage(
  run: Pick<Run, 'folder'>,
  { width, step, params }: ChosenAverage & { readonly step: number },
): void {
  const metadata = { format: chosenFormat, step: String(step), width: String(width) };
  const content: Safetensors = { tensors: { average: { shape: [params.length], data: params } }, metadata };
  writeAtomic(chosenFile(run), encodeSafetensors(content));
}

/**
 * The average that was chosen for a point of a training; undefined if there is none, or one of another step.
 * @throws FileError if it is damaged.
 */
export function readAverage(run: Pick<Run, 'folder'>, { step, state }: TrainPoint): ChosenAverage | undefined {
  const file = chosenFile(run);
  if (!existsSync(file)) return undefined;
  const { tensors, metadata } = decodeParameters(readBytes(file), file);
  const [width, params] = [Number(metadata['width']), tensors['average']?.data];
  if (metadata['format'] !== chosenFormat || !(width > 0) || params?.length !== state.ema.length)
    throw new FileError(file, 'it is no average of this run; delete it, or make it anew by scorefield average');
  return metadata['step'] === String(step) ? { width, params } : undefined;
}

function folderOf({ folder }: Pick<Run, 'folder'>): string {
  return join(folder, 'averages');
}

function fileOf(run: Pick<Run, 'folder'>, step: number): string {
  return join(folderOf(run), `${String(step).padStart(8, '0')}.safetensors`);
}

function chosenFile({ folder }: Pick<Run, 'folder'>): string {
  return join(folder, 'average.safetensors');
}
