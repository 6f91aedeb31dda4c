/** @file A trained network with the objects of its configuration, from the bytes of a model; runs are read in `load.ts`. */
import { ConfigError, FileError } from '../base/errors.ts';
import { buildModel, type BuiltModel } from '../catalog/build.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Sampling } from '../catalog/config/loss.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { decodeParameters, type Safetensors } from '../io/safetensors.ts';
import { layout, type ParamVectors } from '../nn/network.ts';
import type { TrainPoint } from '../train/train.ts';
import type { DataSummary } from './data-summary.ts';
import { fromModelFile, type ModelRecord, type ModelSampling } from './model-file.ts';

/** A trained network with the objects of its configuration. */
export interface Loaded extends BuiltModel {
  /** What a model says of itself; undefined for a run. */
  readonly model?: ModelRecord;
  /** How it is sampled because a file says so, in place of what suits the objective. */
  readonly ownSampling?: ModelSampling | undefined;
  readonly config: RunConfig;
  readonly data: DataSummary;
  readonly point: TrainPoint;
  /** The average that `scorefield average` has chosen for the step of the point, to sample with in place of the point's own. */
  readonly average?: ChosenAverage;
}

/** An average of the parameters of a training, with a profile of its own. */
export interface ChosenAverage {
  /** Width of the profile, relative to the steps of the training. */
  readonly width: number;
  readonly params: Float32Array;
}

/** The parameters to sample with: the average that was chosen, or that of the training, and what training leaves as it is. */
export function samplingParameters({ point: { state }, average }: Pick<Loaded, 'point' | 'average'>): ParamVectors {
  return { trained: average?.params ?? state.ema, fixed: state.fixed };
}

/** A model that has been read, wherever its bytes came from. */
export interface LoadedModel extends Loaded {
  readonly model: ModelRecord;
}

/**
 * The objects of a configuration whose parameters a file contains. What the configuration asks for is not believed: a network of more
 * parameters than the file has numbers is not built.
 * @throws FileError if the configuration cannot be built.
 */
export function buildStored(
  config: RunConfig,
  data: DataSummary,
  { tensors, file }: Pick<Safetensors, 'tensors'> & { readonly file: string },
  catalog?: Catalog,
): BuiltModel {
  const parameters = Object.values(tensors).reduce((sum, tensor) => sum + tensor.data.length, 0);
  try {
    return buildModel(config, data.shape, catalog, { parameters, kind: data.kind });
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    const problem = `its configuration does not fit the ${parameters} numbers that it contains: ${cause.message}`;
    throw new FileError(file, problem, { cause });
  }
}

/** How a model is sampled, as a file says, or as suits it. */
export function samplingWith(suited: Sampling, own: ModelSampling | undefined): Sampling {
  return { ...suited, ...(own && { steps: undefined, grid: undefined, ...own }) };
}

/**
 * The model in the bytes of a file that `scorefield pack` wrote.
 * @param file - the name that errors give
 * @param catalog - that has what the file names
 * @throws FileError if the bytes are no sound model of this version, or its configuration cannot be built.
 */
export function modelFromBytes(bytes: Uint8Array, file: string, catalog?: Catalog): LoadedModel {
  return modelFromTensors(decodeParameters(bytes, file), file, catalog);
}

/**
 * The same of decoded tensors and metadata.
 * @throws FileError as `modelFromBytes`.
 */
export function modelFromTensors(content: Safetensors, file: string, catalog?: Catalog): LoadedModel {
  const { record, ema, fixed } = fromModelFile(content, file, catalog);
  const { config, data, training } = record;
  const built = buildStored(config, data, { tensors: content.tensors, file }, catalog);
  const { trained, fixed: others } = layout(built.net);
  if (ema.length !== trained || fixed.length !== others)
    throw new FileError(
      file,
      `expected ${trained} and ${others} numbers for the network ${built.net.kind}, found ${ema.length} and ${fixed.length}; the file is damaged`,
    );
  const none = new Float32Array(0);
  return {
    model: record,
    config,
    data,
    ...built,
    sampling: samplingWith(built.sampling, record.sampling),
    ownSampling: record.sampling,
    point: {
      step: training.step,
      smoothedLoss: training.smoothedLoss ?? NaN,
      state: { params: ema, ema, m: none, v: none, fixed },
    },
  };
}
