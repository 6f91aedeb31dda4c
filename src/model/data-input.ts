/** @file What a model takes for data: a data set, samples, or an array in the units of the data. */
import { ShapeError } from '../base/errors.ts';
import { foldIn, key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { DataSummary } from '../run/data-summary.ts';
import type { DataSet } from '../data/dataset.ts';
import { inUnitsOf, levelsOf } from '../data/float-images.ts';
import type { Samples } from './samples/samples.ts';

/**
 * An array in the units and the layout of files. Images: bytes, or floats where the model has learned floats, `[n, H, W]` or `[n, H, W, C]`, of one image also without n. Points: numbers
 * `[n, d]`, of one point also `[d]`.
 */
export interface DataArray {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** Data for a model. */
export type DataInput = DataSet | Samples | DataArray;

/**
 * Data as a set of samples of a model's shape.
 * @throws ShapeError if the array does not have the shape of the model's samples, or images are not whole numbers of 0 to 255.
 */
export function dataSetOf(
  input: DataInput,
  summary: Pick<DataSummary, 'kind' | 'shape' | 'scaler'>,
  name = 'data',
): DataSet {
  if ('toDataSet' in input) return inUnitsOf(summary.scaler, input.toDataSet());
  if ('kind' in input) return inUnitsOf(summary.scaler, input);
  return summary.kind === 'points' ? pointsOf(input, summary.shape, name) : imagesOf(input, summary, name);
}

function pointsOf({ shape, data }: DataArray, sample: Shape, name: string): DataSet {
  const [dimension = 1] = sample;
  const count = countOf(shape, [dimension], data, name);
  return { kind: 'points', name, count, dimension, values: Float64Array.from(data) };
}

function imagesOf(
  { shape, data }: DataArray,
  { shape: [channels = 1, height = 1, width = 1], scaler: { range } }: Pick<DataSummary, 'shape' | 'scaler'>,
  name: string,
): DataSet {
  const colors = channels === 1 && shape.at(-1) !== 1 ? [] : [channels];
  const count = countOf(shape, [height, width, ...colors], data, name);
  const values = range === undefined ? new Uint8Array(data.length) : new Float32Array(data.length);
  const area = height * width;
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < area; p++) {
        const value = data[(i * area + p) * channels + c] ?? NaN;
        if (range === undefined ? !Number.isInteger(value) || value < 0 || value > 255 : !Number.isFinite(value))
          throw new ShapeError(
            `${name}: expected images of ${range ? 'floats, finite numbers' : 'bytes, whole numbers of 0 to 255'}, got ${value}`,
          );
        values[(i * channels + c) * area + p] = value;
      }
  const about = { kind: 'images', name, count, channels, height, width, flips: false } as const;
  if (values instanceof Uint8Array || range === undefined) return { ...about, pixels: Uint8Array.from(values) };
  return { ...about, pixels: levelsOf(values, range), floats: { values, range } };
}

/** Samples of an array, whose first axis may be left out for one. */
function countOf(shape: Shape, sample: Shape, data: ArrayLike<number>, name: string): number {
  const own = shape.length === sample.length ? [1, ...shape] : shape;
  const [count = 0, ...rest] = own;
  if (rest.join() !== sample.join() || count < 1 || data.length !== sizeOf(own))
    throw new ShapeError(
      `${name}: expected an array [n, ${sample.join(', ')}], got ${data.length} numbers of shape [${shape.join(', ')}]`,
    );
  return count;
}

/**
 * Different rows of a data set in random order.
 * @param count - at most so many; all of them where the set has fewer
 */
export function randomRows(set: Pick<DataSet, 'count'>, count: number, seed: number): readonly number[] {
  return Array.from(permutation(foldIn(key(seed), 'rows'), set.count)).slice(0, count);
}
