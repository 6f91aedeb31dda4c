/** @file A moment of training as a checkpoint, and back; runs and models as the commands read them. */
import { checkOptions } from '../base/check.ts';
import { ConfigError, FileError } from '../base/errors.ts';
import type { Shape } from '../base/tensor.ts';
import { checkpointFile, loadCheckpoint, type LoadedCheckpoint } from '../io/checkpoints.ts';
import { locate, readModelFile } from '../io/model-box.ts';
import { openRun, type Json, type Run } from '../io/run-folder.ts';
import type { Safetensors } from '../io/safetensors.ts';
import { layout, type Network } from '../nn/network.ts';
import type { TrainPoint } from '../train/train.ts';
import { buildModel, type Model } from './build.ts';
import { parseSummary, type DataSummary } from './data-summary.ts';
import { fromModelFile, type ModelRecord } from './model.ts';
import { parseConfig, type RunConfig } from './schema.ts';

export { summarize, type DataSummary } from './data-summary.ts';

const format = 'scorefield-checkpoint-1';
const vectors = ['params', 'm', 'v', 'ema'] as const;

/** The tensors and metadata of a moment of training. Equal moments give equal files. */
export function toCheckpoint(point: TrainPoint, data: DataSummary): Safetensors {
  const { state } = point;
  const flat = (values: Float32Array): { shape: Shape; data: Float32Array } => ({
    shape: [values.length],
    data: values,
  });
  const fixed = state.fixed.length > 0 ? { fixed: flat(state.fixed) } : {};
  return {
    tensors: { ...Object.fromEntries(vectors.map((name) => [name, flat(state[name])])), ...fixed },
    metadata: { format, data: JSON.stringify(data), smoothedLoss: String(point.smoothedLoss) },
  };
}

/**
 * The moment of training that a checkpoint holds.
 * @throws FileError if the checkpoint is of another program or another network.
 */
export function fromCheckpoint({ step, checkpoint }: LoadedCheckpoint, net: Network, file: string): TrainPoint {
  const { trained, fixed } = layout(net);
  const vector = (name: string, length: number): Float32Array => {
    const found = length === 0 ? new Float32Array(0) : checkpoint.tensors[name]?.data;
    if (found?.length !== length)
      throw new FileError(
        file,
        `expected ${length} numbers in '${name}' for the network ${net.kind}, found ${found?.length ?? 'none'}; the checkpoint is not of this run`,
      );
    return found;
  };
  const [params, m, second, ema] = vectors.map((name) => vector(name, trained)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const smoothedLoss = Number(checkpoint.metadata['smoothedLoss']);
  return { step, smoothedLoss, state: { params, m, v: second, ema, fixed: vector('fixed', fixed) } };
}

/**
 * What a checkpoint says of its data.
 * @throws FileError if the checkpoint was not written by scorefield.
 */
export function dataOf({ checkpoint: { metadata } }: LoadedCheckpoint, file: string): DataSummary {
  if (metadata['format'] !== format)
    throw new FileError(
      file,
      `expected a checkpoint of scorefield (format ${format}), found ${metadata['format'] ?? 'none'}`,
    );
  return parseSummary(metadata['data'], file);
}

/** A run or a model that has been read, with the objects of its configuration. */
export interface LoadedRun extends Model {
  /** Of a model: its folder, which is not written to. */
  readonly run: Run;
  /** What a model says of itself; undefined for a run. */
  readonly model?: ModelRecord;
  readonly config: RunConfig;
  readonly data: DataSummary;
  readonly point: TrainPoint;
}

/** The configuration stored in a run. */
export function configOf(run: Run): RunConfig {
  try {
    return parseConfig(run.config);
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
  if (loaded.config.loss.kind !== 'cross-entropy') return loaded;
  throw new ConfigError([{ path: 'RUN', message: `expected a run that learns a score, ${folder} is a classifier` }]);
}

/**
 * Reads a run of a classifier with its latest checkpoint.
 * @throws FileError as `loadRun`.
 * @throws ConfigError if it is a run of a score.
 */
export function loadClassifier(folder: string): LoadedRun {
  const loaded = loadAnyRun(folder);
  if (loaded.config.loss.kind === 'cross-entropy') return loaded;
  throw new ConfigError([
    { path: '--classifier', message: `expected a run of --task classifier, ${folder} learns a score` },
  ]);
}

/**
 * Reads a run of either sort, or a model: a folder that is a run comes before a model of that name in the box.
 * @throws FileError as `loadRun`.
 * @throws ConfigError if another step of a model is asked for than the one that it has.
 */
export function loadAnyRun(ref: string, step?: number): LoadedRun {
  const found = locate(ref);
  if (found.model !== undefined) return loadModel(found.model, found.folder, step);
  const run = openRun(ref);
  const config = configOf(run);
  const loaded = loadCheckpoint(run, step);
  const file = checkpointFile(run, loaded.step);
  const data = dataOf(loaded, file);
  const model = buildModel(config, data.shape);
  return { run, config, data, ...model, point: fromCheckpoint(loaded, model.net, file) };
}

function loadModel(file: string, folder: string, step: number | undefined): LoadedRun {
  const { record, ema, fixed } = fromModelFile(readModelFile(file), file);
  const { config, data, training } = record;
  checkOptions([
    step === undefined || step === training.step,
    '--checkpoint',
    `expected ${training.step}, the one step of a model, got ${step}`,
  ]);
  const built = buildModel(config, data.shape);
  const { trained, fixed: others } = layout(built.net);
  if (ema.length !== trained || fixed.length !== others)
    throw new FileError(
      file,
      `expected ${trained} and ${others} numbers for the network ${built.net.kind}, found ${ema.length} and ${fixed.length}; the file is damaged`,
    );
  const none = new Float32Array(0);
  return {
    run: { folder, config: config as unknown as Json, env: training.env },
    model: record,
    config,
    data,
    ...built,
    sampling: { ...built.sampling, ...(record.sampling && { steps: undefined, grid: undefined, ...record.sampling }) },
    point: {
      step: training.step,
      smoothedLoss: training.smoothedLoss ?? NaN,
      state: { params: ema, ema, m: none, v: none, fixed },
    },
  };
}
