/** @file A moment of training as a checkpoint, and back. */
import * as v from 'valibot';
import { ConfigError, FileError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import { classesOf, sampleShape, type DataSet } from '../data/dataset.ts';
import { fingerprint, fingerprintOf } from '../data/fingerprint.ts';
import type { Scaler } from '../data/scaler.ts';
import { openRun, type Run } from '../io/run-folder.ts';
import { checkpointFile, loadCheckpoint, type LoadedCheckpoint } from '../io/checkpoints.ts';
import type { Safetensors } from '../io/safetensors.ts';
import { layout, type Network } from '../nn/network.ts';
import type { TrainPoint } from '../train/train.ts';
import { buildModel, type Model, type Training } from './build.ts';
import { parseConfig, type RunConfig } from './schema.ts';

/** What sampling must know of the data that a model was trained on. */
export interface DataSummary {
  readonly kind: 'images' | 'points';
  /** Shape of one sample. */
  readonly shape: Shape;
  readonly scaler: Scaler;
  /** The content of the data set, as `fingerprint` tells it. */
  readonly fingerprint: string;
  /** Names of the classes that the network was told or tells apart, and the content of the labels. */
  readonly classes?: { readonly names: readonly string[]; readonly fingerprint: string } | undefined;
}

/** What a checkpoint of a network keeps of a data set. */
export function summarize(set: DataSet, training: Pick<Training, 'scaler' | 'net' | 'objective'>): DataSummary {
  const { scaler, net, objective } = training;
  const { kind, labels } = set;
  const summary = { kind, shape: sampleShape(set), scaler, fingerprint: fingerprint(set) };
  if ((objective.classes ?? net.classes) === 0 || labels === undefined) return summary;
  return { ...summary, classes: { names: classesOf(set), fingerprint: fingerprintOf(labels) } };
}

const format = 'scorefield-checkpoint-1';
const vectors = ['params', 'm', 'v', 'ema'] as const;

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const summarySchema = v.strictObject({
  kind: v.picklist(['images', 'points']),
  shape: v.union([v.strictTuple([size]), v.strictTuple([size, size, size])]),
  scaler: v.strictObject({
    kind: v.picklist(['centered', 'unit', 'standard']),
    factor: v.pipe(v.number(), v.finite()),
    shift: v.array(v.pipe(v.number(), v.finite())),
  }),
  fingerprint: v.string(),
  classes: v.optional(v.strictObject({ names: v.array(v.string()), fingerprint: v.string() })),
});

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
  let value: unknown;
  try {
    value = JSON.parse(metadata['data'] ?? '');
  } catch {
    value = undefined;
  }
  const result = v.safeParse(summarySchema, value);
  if (!result.success)
    throw new FileError(file, 'expected the shape and scaling of the data in the metadata; the checkpoint is damaged');
  const { scaler, shape } = result.output;
  if (scaler.shift.length !== 1 && scaler.shift.length !== sizeOf(shape))
    throw new FileError(
      file,
      'the scaling in the metadata does not fit the shape of the data; the checkpoint is damaged',
    );
  return result.output;
}

/** A run that has been read, with the objects of its configuration. */
export interface LoadedRun extends Model {
  readonly run: Run;
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
 * Reads a run of either sort.
 * @throws FileError as `loadRun`.
 */
export function loadAnyRun(folder: string, step?: number): LoadedRun {
  const run = openRun(folder);
  const config = configOf(run);
  const loaded = loadCheckpoint(run, step);
  const file = checkpointFile(run, loaded.step);
  const data = dataOf(loaded, file);
  const model = buildModel(config, data.shape);
  return { run, config, data, ...model, point: fromCheckpoint(loaded, model.net, file) };
}
