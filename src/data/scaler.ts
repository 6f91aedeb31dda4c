/**
 * @file From a data set's numbers to the range in which a model works, and back. Every scaler is
 * model = factor (data - shift), element by element, so that its log-Jacobian is a constant, and is a plain record that a
 * checkpoint can store.
 */
import { mapInto } from '../base/map-into.ts';
import { ConfigError, InternalError } from '../base/errors.ts';
import { sampleSize, type Tensor } from '../base/tensor.ts';
import { binaryScale } from './binary-scale.ts';
import type { DataSet, PointSet } from './dataset.ts';

/** The affine map model = factor (data - shift). For images, data is byte + u in [0, 256) with u the dequantization noise. */
export interface Scaler {
  readonly kind: 'centered' | 'unit' | 'standard';
  /** One number for all elements, or one per element of a sample. */
  readonly factor: number | readonly number[];
  /** One number for all elements, or one per element of a sample. */
  readonly shift: readonly number[];
  /** Of images of floats: black and white in the units of the data. Images of bytes go from 0 to 256. */
  readonly range?: readonly [low: number, high: number] | undefined;
}

type ByteScaler = Scaler & { readonly factor: number };

/** Bytes to [-1, 1): 2 (byte + u) / 256 - 1, for variance-preserving models. */
export const centered: ByteScaler = { kind: 'centered', factor: 2 / 256, shift: [128] };

/** Bytes to [0, 1): (byte + u) / 256, for variance-exploding models. */
export const unit: ByteScaler = { kind: 'unit', factor: 1 / 256, shift: [0] };

/** How points are scaled: each column by its own deviation, or all by the root of their mean variance. */
export type PointScale = 'columns' | 'common';

/**
 * Points to mean zero and variance one: of each column, or on average over the columns, which are then divided by one number, so
 * that shapes stay what they are. A column that is the same in all points is divided by its magnitude, or by 1 where it is zero.
 * @param scale - `columns` for quantities of their own units; `common` for coordinates of one space
 * @throws ConfigError if all points are equal, or deviate by less than 1e-300 or more than 1e300.
 */
export function standardize(set: PointSet, scale: PointScale): Scaler {
  const { values, count, dimension, name } = set;
  const shift = Array.from({ length: dimension }, () => 0);
  for (let j = 0; j < values.length; j++) shift[j % dimension]! += values[j]! / count;
  const constant = constantColumns(set);
  const problem = (message: string): ConfigError => new ConfigError([{ path: 'data', message }]);
  if (constant.every(Boolean)) throw problem(`expected points that differ, found that all of ${name} are equal`);
  const deviation = { columns: columnDeviations, common: commonDeviation }[scale](set, shift);
  const factors = deviation.map(
    (std, j) => 1 / (constant[j] === true && scale === 'columns' ? Math.abs(shift[j]!) || 1 : std),
  );
  if (!factors.every((factor) => factor >= 1e-300 && factor <= 1e300))
    throw problem(
      `expected points that deviate from their mean by 1e-300 to 1e300, found others in ${name}; rescale them`,
    );
  return { kind: 'standard', factor: scale === 'common' ? factors[0]! : factors, shift };
}

/** Which columns are the same in all points; rounding of their mean must not be taken for a deviation. */
function constantColumns({ values, dimension }: PointSet): readonly boolean[] {
  const same = Array.from({ length: dimension }, () => true);
  for (let j = dimension; j < values.length; j++) if (values[j] !== values[j % dimension]) same[j % dimension] = false;
  return same;
}

function commonDeviation({ values, dimension }: PointSet, shift: readonly number[]): readonly number[] {
  const unit = binaryScale(values);
  let variance = 0;
  for (let j = 0; j < values.length; j++)
    variance += (values[j]! / unit - shift[j % dimension]! / unit) ** 2 / values.length;
  return [unit * Math.sqrt(variance)];
}

function columnDeviations({ values, count, dimension }: PointSet, shift: readonly number[]): readonly number[] {
  return shift.map((mean, column) => {
    const own = Float64Array.from({ length: count }, (_, i) => values[i * dimension + column]! - mean);
    const unit = binaryScale(own);
    return unit * Math.sqrt(own.reduce((sum, value) => sum + (value / unit) ** 2 / count, 0));
  });
}

/** How a set is scaled, where it leaves a choice. */
export interface ScalerOptions {
  /** Of image models; `centered` is [-1, 1), `unit` is [0, 1). Default centered. */
  readonly range?: 'centered' | 'unit';
  /** Of points; by default `common` for sets whose columns are coordinates of one space, else `columns`. */
  readonly scale?: PointScale | undefined;
}

/**
 * The scaler of a set: points are standardized, images take the range that the model asks for.
 * @example
 * ```ts
 * import { key, scaled, scalerOf, tensor, toys, unscaled } from 'scorefield';
 *
 * const scaler = scalerOf(toys['two-moons'].draw(key(0), 500));
 * const x = scaled(scaler, tensor([1, 0.5], [1, 2])); // in the range of the model
 * console.log(unscaled(scaler, x).data);
 * ```
 */
export function scalerOf(set: DataSet, { range = 'centered', scale }: ScalerOptions = {}): Scaler {
  if (set.kind === 'points') return standardize(set, scale ?? (set.oneSpace === true ? 'common' : 'columns'));
  return set.floats === undefined ? { unit, centered }[range] : ofFloats(range, set.floats.range);
}

/** Images of floats: from black to white is the whole of the model's range, [-1, 1] or [0, 1]. */
function ofFloats(kind: 'centered' | 'unit', range: readonly [low: number, high: number]): Scaler {
  const [low, high] = range;
  return kind === 'unit'
    ? { kind, factor: 1 / (high - low), shift: [low], range }
    : { kind, factor: 2 / (high - low), shift: [(low + high) / 2], range };
}

/** What is black and what is white, in the units of the data, of a scaler of images. */
export function blackAndWhite({ range = [0, 256] }: Scaler): readonly [low: number, high: number] {
  return range;
}

/** The factor of each element of a sample, or the one number for all. */
export function factorsOf({ factor }: Scaler): readonly number[] {
  return typeof factor === 'number' ? [factor] : factor;
}

/**
 * The factor of a scaler that has one for all elements, as those of images have.
 * @throws InternalError if it has several.
 */
export function commonFactor({ factor }: Scaler): number {
  if (typeof factor === 'number') return factor;
  throw new InternalError(`expected a scaler of one factor, got one of ${factor.length}`);
}

/** Data `[B, ...]` in the model's range. */
export function scaled(scaler: Scaler, x: Tensor): Tensor {
  const { shift } = scaler;
  const factors = factorsOf(scaler);
  return {
    shape: x.shape,
    data: x.data.map((value, j) => factors[j % factors.length]! * (value - shift[j % shift.length]!)),
  };
}

/** The inverse of `scaled`. */
export function unscaled(scaler: Scaler, x: Tensor): Tensor {
  const { shift } = scaler;
  const difference = unscaledDifference(scaler, x);
  return { shape: x.shape, data: difference.data.map((value, j) => value + shift[j % shift.length]!) };
}

/** A difference of samples `[B, ...]` in the model's range, in the units of the data. */
export function unscaledDifference(scaler: Scaler, x: Tensor): Tensor {
  const factors = factorsOf(scaler);
  return { shape: x.shape, data: x.data.map((value, j) => value / factors[j % factors.length]!) };
}

/** Samples of an image model as bytes: the 256th of its range in which each value lies, or the nearest for those outside. */
export function toBytes(scaler: Scaler, x: Tensor): Uint8Array {
  const { data } = unscaled(scaler, x);
  const level = (value: number): number => Math.min(255, Math.max(0, Math.floor(value)));
  const { range } = scaler;
  if (range === undefined) return mapInto(new Uint8Array(data.length), data, level);
  const [low, high] = range;
  return mapInto(new Uint8Array(data.length), data, (value) => level((256 * (value - low)) / (high - low)));
}

/** Samples of a model of images of floats, in the units of the data; values outside of its range are its nearest end, as of bytes. */
export function toFloats(scaler: Scaler, x: Tensor): Float32Array {
  const { data } = unscaled(scaler, x);
  const [low, high] = blackAndWhite(scaler);
  return mapInto(new Float32Array(data.length), data, (value) => Math.min(high, Math.max(low, value)));
}

/** log |d model / d data| of one sample, in nats: the sum of log factor over its elements. */
export function logDetNats(scaler: Scaler, x: Tensor): number {
  return sampleSize(x) * meanOf(factorsOf(scaler), Math.log);
}

/**
 * What to add to -log2 p(model) / D to have bits per dimension of the data: log2(d data / d model) = -log2 factor, the mean over
 * the elements. For bytes this is 8 on [0, 1) and 7 on [-1, 1).
 * @see Theis, van den Oord and Bethge 2016, "A note on the evaluation of generative models", section 3.1
 */
export function bitsOffset(scaler: Scaler): number {
  return -meanOf(factorsOf(scaler), Math.log2);
}

function meanOf(values: readonly number[], f: (value: number) => number): number {
  return values.reduce((sum, value) => sum + f(value), 0) / values.length;
}
