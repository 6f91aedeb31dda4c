/** @file The dequantiser of a run as a file beside its checkpoints, and back. */
import * as v from 'valibot';
import { ConfigError, FileError } from '../base/errors.ts';
import type { Shape } from '../base/tensor.ts';
import type { Safetensors } from '../io/safetensors.ts';
import { dequantizer, type Dequantizer, type DequantizerOptions } from '../nn/dequantizer.ts';
import { layout, type ParamVectors } from '../nn/network.ts';

/** A dequantiser with its parameters. */
export interface TrainedDequantizer {
  readonly flow: Dequantizer;
  readonly params: ParamVectors;
}

const format = 'scorefield-dequantiser-1';
const optionsSchema = v.strictObject({ layers: v.number(), width: v.number() });

/** The tensors and metadata of a dequantiser that was trained with the score of a step. */
export function toDequantizerFile(
  params: ParamVectors,
  { options, step }: { readonly options: Required<DequantizerOptions>; readonly step: number },
): Safetensors {
  return {
    tensors: { params: { shape: [params.trained.length], data: params.trained } },
    metadata: { format, options: JSON.stringify(options), step: String(step) },
  };
}

/**
 * The dequantiser that a file holds.
 * @throws FileError if the file is damaged, or of another program or samples of another shape.
 */
export function fromDequantizerFile(
  { tensors, metadata }: Safetensors,
  shape: Shape,
  file: string,
): TrainedDequantizer {
  if (metadata['format'] !== format)
    throw new FileError(file, `expected a dequantiser (format ${format}), found ${metadata['format'] ?? 'none'}`);
  const flow = attempt(() => {
    const options = v.safeParse(optionsSchema, JSON.parse(metadata['options'] ?? ''));
    return options.success ? dequantizer(shape, options.output) : undefined;
  });
  const trained = tensors['params']?.data;
  if (flow === undefined || trained?.length !== layout(flow.net).trained)
    throw new FileError(file, 'it is damaged, or not of this run; make it anew with scorefield dequantise');
  return { flow, params: { trained, fixed: new Float32Array(0) } };
}

function attempt<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
