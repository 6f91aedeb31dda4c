/** @file A moment of training as a checkpoint, and back. */
import * as v from 'valibot';
import { FileError } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import type { Shape } from '../base/tensor.ts';
import { builtIn, type Catalog } from '../catalog/catalog.ts';
import type { LoadedCheckpoint } from './folder/checkpoint-files.ts';
import type { Safetensors } from '../io/safetensors.ts';
import { layout, type Network } from '../nn/network.ts';
import { levelBins, type LevelErrors } from '../train/level-errors.ts';
import type { TrainPoint } from '../train/train.ts';
import { parseSummary, type DataSummary } from './data-summary.ts';

const format = 'scorefield-checkpoint-1';
const vectors = ['params', 'm', 'v', 'ema'] as const;
const profileName = (i: number): string => `profile${i}`;

/** The tensors and metadata of a moment of training. Equal moments give equal files. */
export function toCheckpoint(point: TrainPoint, data: DataSummary): Safetensors {
  const { state } = point;
  const flat = (values: Float32Array): { shape: Shape; data: Float32Array } => ({
    shape: [values.length],
    data: values,
  });
  const fixed = state.fixed.length > 0 ? { fixed: flat(state.fixed) } : {};
  const profiles = (state.profiles ?? []).map((values, i) => [profileName(i), flat(values)] as const);
  return {
    tensors: {
      ...Object.fromEntries(vectors.map((name) => [name, flat(state[name])])),
      ...Object.fromEntries(profiles),
      ...fixed,
    },
    metadata: {
      ...{ format, data: JSON.stringify(data), smoothedLoss: String(point.smoothedLoss) },
      ...(point.levels && { levels: JSON.stringify(point.levels) }),
      ...(point.batches !== undefined && { batches: String(point.batches) }),
    },
  };
}

/**
 * The moment of training that a checkpoint stores.
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
  const { smoothedLoss: loss = 'none' } = checkpoint.metadata;
  const smoothedLoss = Number(loss);
  // Before the first step there is none.
  if (loss.trim() === '' || (!Number.isFinite(smoothedLoss) && loss !== 'NaN'))
    throw new FileError(
      file,
      `expected a number as smoothedLoss in the metadata, found '${printable(loss, { longest: 60 })}'; the file is damaged`,
    );
  const { levels, batches } = checkpoint.metadata;
  if (batches !== undefined && !(Number.isSafeInteger(Number(batches)) && Number(batches) >= step))
    throw new FileError(
      file,
      `expected a number of batches in the metadata, found '${printable(batches, { longest: 60 })}'; the file is damaged`,
    );
  const names = Object.keys(checkpoint.tensors).filter((name) => /^profile\d+$/.test(name));
  const profiles = names.map((_, i) => vector(profileName(i), trained));
  const state = { params, m, v: second, ema, ...(profiles.length > 0 && { profiles }), fixed: vector('fixed', fixed) };
  return {
    ...{ step, smoothedLoss, state },
    ...(levels !== undefined && { levels: levelsOf(levels, file) }),
    ...(batches !== undefined && { batches: Number(batches) }),
  };
}

const numbers = v.pipe(v.array(v.pipe(v.number(), v.minValue(0))), v.length(levelBins));
const levelsSchema = v.strictObject({ counts: numbers, sums: numbers });

function levelsOf(text: string, file: string): LevelErrors {
  const result = v.safeParse(levelsSchema, jsonOf(text));
  if (!result.success)
    throw new FileError(file, `expected ${levelBins} counts and sums as levels in the metadata; the file is damaged`);
  return result.output;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * What a checkpoint says of its data.
 * @throws FileError if the checkpoint was not written by scorefield.
 */
export function dataOf(
  { checkpoint: { metadata } }: LoadedCheckpoint,
  file: string,
  catalog: Catalog = builtIn,
): DataSummary {
  if (metadata['format'] !== format)
    throw new FileError(
      file,
      `expected a checkpoint of scorefield (format ${format}), found ${printable(metadata['format'] ?? 'none', { longest: 60 })}`,
    );
  return parseSummary(metadata['data'], file, catalog);
}
