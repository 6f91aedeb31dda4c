/**
 * @file From a data set's numbers to the range in which a model works, and back. Every scaler is
 * model = factor (data - shift), element by element, so that its log-Jacobian is a constant, and is a plain record that a
 * checkpoint can store. A kind of data may change its numbers before that, by a codec of its own.
 */
import { mapInto } from '../base/map-into.ts';
import { InternalError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';

/** The affine map model = factor (data - shift). For images, data is byte + u in [0, 256) with u the dequantization noise. */
export interface Scaler {
  readonly kind: 'centered' | 'unit' | 'standard';
  /** One number for all elements, or one per element of a sample or of its last axis. */
  readonly factor: number | readonly number[];
  /** One number for all elements, or one per element of a sample or of its last axis. */
  readonly shift: readonly number[];
  /** Of images of floats: black and white in the units of the data. Images of bytes go from 0 to 256. */
  readonly range?: readonly [low: number, high: number] | undefined;
  /** What the codec of a kind of data needs besides, such as the transformation of each column; none for images and points. */
  readonly transform?: Json | undefined;
}

/** From the numbers of samples to the range of the model and back, see `affineCodec`. */
export interface Codec {
  /** Data `[B, ...]` in the model's range. */
  toModel(data: Tensor): Tensor;
  /** The inverse of `toModel`. */
  toData(x: Tensor): Tensor;
  /** log |d model / d data| of each sample, in nats, at samples `[B, ...]` in the model's range. */
  logDetNats(x: Tensor): Float64Array;
  /** What to add to -log2 p(x) / D of each sample to have bits per dimension of the data: -log2 |d model / d data| / D. */
  bitsOffset(x: Tensor): Float64Array;
}

/** The codec that is the affine map of a scaler alone. */
export function affineCodec(scaler: Scaler): Codec {
  return {
    toModel: (data) => scaled(scaler, data),
    toData: (x) => unscaled(scaler, x),
    logDetNats: (x) => new Float64Array(batchOf(x)).fill(logDetNats(scaler, x)),
    bitsOffset: (x) => new Float64Array(batchOf(x)).fill(bitsOffset(scaler)),
  };
}

type ByteScaler = Scaler & { readonly factor: number };

/** Bytes to [-1, 1): 2 (byte + u) / 256 - 1, for variance-preserving models. */
export const centered: ByteScaler = { kind: 'centered', factor: 2 / 256, shift: [128] };

/** Bytes to [0, 1): (byte + u) / 256, for variance-exploding models. */
export const unit: ByteScaler = { kind: 'unit', factor: 1 / 256, shift: [0] };

/** How points are scaled: each column by its own deviation, or all by the root of their mean variance. */
export type PointScale = 'columns' | 'common';

/** How a set is scaled, where it leaves a choice. */
export interface ScalerOptions {
  /** Of image models; `centered` is [-1, 1), `unit` is [0, 1). Default centered. */
  readonly range?: 'centered' | 'unit';
  /** Of points; by default `common` for sets whose columns are coordinates of one space, else `columns`. */
  readonly scale?: PointScale | undefined;
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
