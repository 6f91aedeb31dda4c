/** @file The dequantizer of a run as a file beside its checkpoints, and back. */
import * as v from 'valibot';
import { ConfigError, FileError } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import type { Shape } from '../base/tensor.ts';
import { positive, upTo, whole } from '../catalog/config/limits.ts';
import type { Safetensors } from '../io/safetensors.ts';
import { dequantizer, type Dequantizer, type DequantizerOptions } from '../nn/dequantizer.ts';
import { layout, type ParamVectors } from '../nn/network.ts';
import type { TrainPoint } from '../train/train.ts';

/** A dequantizer with its parameters. */
export interface TrainedDequantizer {
  readonly flow: Dequantizer;
  readonly params: ParamVectors;
}

/** How a dequantizer is trained: what must stay as it is where training goes on. */
export type DequantizerTraining = v.InferOutput<typeof trainingSchema>;

const format = 'scorefield-dequantiser-1';
const layers = v.pipe(upTo(64), v.minValue(2));
const optionsSchema = v.strictObject({ layers, width: upTo(4096) });
const trainingSchema = v.strictObject({ batch: upTo(65_536), learningRate: positive, seed: whole });
const pointSchema = v.strictObject({ step: whole, smoothedLoss: v.pipe(v.number(), v.finite()) });

/** What a dequantizer's file says besides its numbers. */
export interface DequantizerFacts {
  readonly options: Required<DequantizerOptions>;
  readonly training: DequantizerTraining;
  /** The step of the run whose score it was trained with. */
  readonly step: number;
}

/** A dequantizer as a file contains it, with the point from which its training goes on. */
export interface StoredDequantizer extends DequantizerFacts {
  readonly from: TrainPoint;
}

/** A moment of the training of a dequantizer, with which it is used and goes on. */
export function toDequantizerFile(point: TrainPoint, { options, training, step }: DequantizerFacts): Safetensors {
  const { params, m, v: squares, ema } = point.state;
  const flat = (data: Float32Array): Safetensors['tensors'][string] => ({ shape: [data.length], data });
  return {
    tensors: { params: flat(ema), last: flat(params), m: flat(m), v: flat(squares) },
    metadata: {
      ...{
        format,
        task: 'dequantizer',
        options: JSON.stringify(options),
        step: String(step),
        training: JSON.stringify(training),
      },
      point: JSON.stringify({ step: point.step, smoothedLoss: point.smoothedLoss }),
    },
  };
}

/**
 * The dequantizer that a file contains.
 * @throws FileError if the file is damaged, or of another program or samples of another shape.
 */
export function fromDequantizerFile(
  { tensors, metadata }: Safetensors,
  shape: Shape,
  file: string,
): TrainedDequantizer {
  if (metadata['format'] !== format)
    throw new FileError(
      file,
      `expected a dequantizer (format ${format}), found ${printable(metadata['format'] ?? 'none', { longest: 60 })}`,
    );
  const options = parsed(optionsSchema, metadata['options']);
  const stored = Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
  const flow = attempt(() => options && dequantizer(shape, options, { parameters: stored }));
  const trained = tensors['params']?.data;
  if (flow === undefined || trained?.length !== layout(flow.net).trained)
    throw new FileError(file, 'it is damaged, or not of this run; make it anew with scorefield dequantise');
  return { flow, params: { trained, fixed: new Float32Array(0) } };
}

/**
 * Where the training of a dequantizer goes on, and how.
 * @throws FileError as `fromDequantizerFile`, and if the file has the final parameters alone.
 */
export function resumedDequantizer(stored: Safetensors, shape: Shape, file: string): StoredDequantizer {
  const { flow, params } = fromDequantizerFile(stored, shape, file);
  const { tensors, metadata } = stored;
  const [options, training, point, step] = [
    parsed(optionsSchema, metadata['options']),
    parsed(trainingSchema, metadata['training']),
    parsed(pointSchema, metadata['point']),
    parsed(whole, metadata['step']),
  ];
  const [last, m, squares] = ['last', 'm', 'v'].map((name) => tensors[name]?.data);
  const complete = [last, m, squares].every((data) => data?.length === layout(flow.net).trained);
  if (!complete || !last || !m || !squares || !options || !training || !point || step === undefined)
    throw new FileError(file, 'it lacks what training goes on with; make it anew without --resume');
  const state = { params: last, m, v: squares, ema: params.trained, fixed: params.fixed };
  return { options, training, step, from: { ...point, state } };
}

/** What a text of metadata says, if it says what it should. */
function parsed<T extends v.GenericSchema>(schema: T, text: string | undefined): v.InferOutput<T> | undefined {
  const found = attempt(() => v.safeParse(schema, JSON.parse(text ?? '')));
  return found?.success === true ? found.output : undefined;
}

function attempt<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
