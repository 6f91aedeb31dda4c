/** @file Runs and models as the commands read them: with the objects of their configuration. */
import { withArticle } from '../base/words.ts';
import { checkOptions } from '../base/check.ts';
import { ConfigError, FileError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { readConfig } from '../catalog/config/stored.ts';
import { checkpointFile, loadCheckpoint } from './folder/checkpoint-files.ts';
import { locate, readModelFile } from './model-box.ts';
import { openRun, type Run } from './folder/run-folder.ts';
import { readSampling } from './folder/sampling.ts';
import { readAverage } from './folder/averages.ts';
import { dataOf, fromCheckpoint } from './checkpoint.ts';
import { buildStored, modelFromTensors, samplingWith, type Loaded } from './from-bytes.ts';

/** A run or a model that has been read, with the objects of its configuration. */
export interface LoadedRun extends Loaded {
  /** Of a model: its folder, which is not written to. */
  readonly run: Run;
}

/** The configuration stored in a run. */
export function configOf(run: Run, catalog?: Catalog): RunConfig {
  try {
    return readConfig(run.config, catalog);
  } catch (error) {
    if (error instanceof ConfigError)
      throw new FileError(`${run.folder}/config.json`, `not a configuration of this version: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}

/**
 * Reads a run of a score with one of its checkpoints, the latest by default.
 * @throws FileError if the run or the checkpoint is missing, damaged or foreign.
 * @throws ConfigError if it is a run of a classifier.
 */
export function loadRun(folder: string, step?: number): LoadedRun {
  const loaded = loadAnyRun(folder, step);
  if (loaded.task === 'score') return loaded;
  throw new ConfigError([
    { path: 'RUN', message: `expected a run that learns a score, ${folder} is ${withArticle(loaded.task)}` },
  ]);
}

/**
 * Reads a run of a classifier with its latest checkpoint.
 * @throws FileError as `loadRun`.
 * @throws ConfigError if it is a run of a score.
 */
export function loadClassifier(folder: string): LoadedRun {
  const loaded = loadAnyRun(folder);
  if (loaded.task === 'classifier') return loaded;
  throw new ConfigError([
    { path: '--classifier', message: `expected a run of --task classifier, ${folder} learns a ${loaded.task}` },
  ]);
}

/**
 * Reads a run of either sort, or a model: a folder that is a run comes before a shipped model of that name.
 * @throws FileError as `loadRun`.
 * @param catalog - that has what the files name
 * @throws ConfigError if another step of a model is asked for than the one that it has.
 */
export function loadAnyRun(ref: string, step?: number, catalog?: Catalog): LoadedRun {
  const found = locate(ref);
  if (found.model !== undefined) return loadModel({ file: found.model, folder: found.folder }, step, catalog);
  const run = openRun(ref);
  const config = configOf(run, catalog);
  const loaded = loadCheckpoint(run, step);
  const file = checkpointFile(run, loaded.step);
  const data = dataOf(loaded, file, catalog);
  const model = buildStored(config, data, { tensors: loaded.checkpoint.tensors, file }, catalog);
  const ownSampling = readSampling(run);
  const sampling = samplingWith(model.sampling, ownSampling);
  const point = fromCheckpoint(loaded, model.net, file);
  const average = readAverage(run, point);
  return { run, config, data, ...model, sampling, ownSampling, point, ...(average && { average }) };
}

function loadModel(
  { file, folder }: Readonly<Record<'file' | 'folder', string>>,
  step: number | undefined,
  catalog: Catalog | undefined,
): LoadedRun {
  const loaded = modelFromTensors(readModelFile(file), file, catalog);
  const { config, point, model } = loaded;
  checkOptions([
    step === undefined || step === point.step,
    '--checkpoint',
    `expected ${point.step}, the one step of a model, got ${step}`,
  ]);
  return { ...loaded, run: { folder, config: config as unknown as Json, env: model.training.env } };
}
