/**
 * @file A model: what is left of a run to draw samples from, in one safetensors file. The averaged parameters are of half
 * precision, or integers of 8 bits with scales. Fixed ones (frequencies of Fourier features) stay float32: they are few, and multiplied by large angles.
 */
import * as v from 'valibot';
import { ConfigError, FileError } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import type { Json } from '../base/json.ts';
import { dequantize, quantize, quantizedBlock } from '../io/quantize.ts';
import type { Safetensors, StoredTensor } from '../io/safetensors.ts';
import type { ParamVectors } from '../nn/network.ts';
import type { ParameterBits } from './parameter-bits.ts';
import { parseSummary, type DataSummary } from './data-summary.ts';
import { gridNames, type GridName } from '../catalog/samplers/build-sampler.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { levelsProblem } from '../sde/time/given-levels.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { readConfig } from '../catalog/config/stored.ts';

/** How a model came to be. */
export interface TrainingRecord {
  readonly step: number;
  /** Seconds of training. */
  readonly seconds: number;
  readonly smoothedLoss?: number | undefined;
  /** The command that trains it. */
  readonly command: string;
  /** Versions and machine. */
  readonly env: Readonly<Record<string, Json>>;
}

/** What rounding the parameters did to the output of a network at one noise level. */
export interface RoundingAt {
  /** sigma / alpha. */
  readonly noiseRatio: number;
  /** Root mean square of the change over that of the output. */
  readonly relative: number;
}

/** How samples are drawn by default, within a budget of network evaluations. */
export interface ModelSampling {
  readonly sampler: string;
  readonly nfe: number;
  /** Name of the time grid, or the noise levels that it visits. */
  readonly grid?: GridName | readonly number[] | undefined;
}

/** What a model says of itself. */
export interface ModelRecord {
  readonly config: RunConfig;
  readonly data: DataSummary;
  readonly training: TrainingRecord;
  readonly rounding: readonly RoundingAt[];
  /** Default 16. */
  readonly bits?: ParameterBits | undefined;
  readonly sampling?: ModelSampling | undefined;
}

/** The format that the metadata of a model name. */
export const modelFormat = 'scorefield-model-1';
const number = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const trainingSchema = v.strictObject({
  step: whole,
  seconds: number,
  smoothedLoss: v.optional(number),
  command: v.string(),
  env: v.record(v.string(), v.union([v.string(), number, v.boolean(), v.null()])),
});
const roundingSchema = v.array(v.strictObject({ noiseRatio: number, relative: number }));
const levelsSchema = v.pipe(
  v.array(number),
  v.check((levels) => levelsProblem(levels) === undefined),
);

/** How samples are drawn by default, as files have it. */
export const samplingSchema = v.strictObject({
  sampler: v.string(),
  nfe: v.pipe(whole, v.minValue(1)),
  grid: v.optional(v.union([v.picklist(gridNames), levelsSchema])),
});

/** The tensors and metadata of a model. Equal models give equal files. */
export function toModelFile(record: ModelRecord, { trained, fixed }: ParamVectors): Safetensors {
  const { config, data, training, rounding, sampling, bits = 16 } = record;
  return {
    tensors: {
      ...written[bits](trained),
      ...(fixed.length > 0 ? { fixed: { shape: [fixed.length], data: fixed } } : {}),
    },
    metadata: {
      format: modelFormat,
      config: JSON.stringify(config),
      data: JSON.stringify(data),
      training: JSON.stringify(training),
      rounding: JSON.stringify(rounding),
      ...(sampling && { sampling: JSON.stringify(sampling) }),
    },
  };
}

/** The tensors of trained parameters. */
const written: Readonly<Record<ParameterBits, (trained: Float32Array) => Readonly<Record<string, StoredTensor>>>> = {
  16: (data) => ({ ema: { shape: [data.length], data, dtype: 'F16' } }),
  8: (data) => {
    const { integers, scales } = quantize(data);
    return {
      ema: { shape: [data.length], data: integers, dtype: 'I8' },
      scales: { shape: [scales.length], data: scales },
    };
  },
};

/** A model that has been read. */
export interface ReadModel {
  readonly record: ModelRecord;
  readonly ema: Float32Array;
  readonly fixed: Float32Array;
}

/**
 * The model that a file contains.
 * @throws FileError if it is of another program or version, or damaged.
 */
export function fromModelFile({ tensors, metadata }: Safetensors, file: string, catalog?: Catalog): ReadModel {
  if (metadata['format'] !== modelFormat)
    throw new FileError(
      file,
      `expected a model of scorefield (format ${modelFormat}), found ${printable(metadata['format'] ?? 'none', { longest: 60 })}`,
    );
  const part = <T extends v.GenericSchema>(name: string, schema: T): v.InferOutput<T> => {
    const result = v.safeParse(schema, json(metadata[name]));
    if (result.success) return result.output;
    throw new FileError(file, `its metadata '${name}' is not sound; the file is damaged`);
  };
  const stored = tensors['ema']?.data;
  if (stored === undefined) throw new FileError(file, 'it has no parameters; the file is damaged');
  const scales = tensors['scales']?.data;
  if (scales !== undefined && scales.length !== Math.ceil(stored.length / quantizedBlock))
    throw new FileError(
      file,
      `expected a scale for each ${quantizedBlock} of ${stored.length} parameters, found ${scales.length}; the file is damaged`,
    );
  const record = {
    config: configOf(metadata['config'], file, catalog),
    data: parseSummary(metadata['data'], file, catalog),
    training: part('training', trainingSchema),
    rounding: part('rounding', roundingSchema),
    ...(scales && { bits: 8 as const }),
    ...(metadata['sampling'] === undefined ? {} : { sampling: part('sampling', samplingSchema) }),
  };
  const ema = scales === undefined ? stored : dequantize({ integers: stored, scales });
  return { record, ema, fixed: tensors['fixed']?.data ?? new Float32Array(0) };
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}

function configOf(text: string | undefined, file: string, catalog: Catalog | undefined): RunConfig {
  try {
    return readConfig(json(text), catalog);
  } catch (cause) {
    if (cause instanceof ConfigError)
      throw new FileError(file, `its configuration is not one of this version: ${cause.message}`, { cause });
    throw cause;
  }
}
