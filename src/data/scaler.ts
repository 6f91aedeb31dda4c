/**
 * @file From a data set's numbers to the range in which a model works, and back. Every scaler is
 * model = factor (data - shift) with one factor for all elements, so that its log-Jacobian is a constant, and is a plain
 * record that a checkpoint can hold.
 */
import { mapInto } from '../base/map-into.ts';
import { ConfigError } from '../base/errors.ts';
import { sampleSize, type Tensor } from '../base/tensor.ts';
import type { DataSet, PointSet } from './dataset.ts';

/** The affine map model = factor (data - shift). For images, data is byte + u in [0, 256) with u the dequantisation noise. */
export interface Scaler {
  readonly kind: 'centered' | 'unit' | 'standard';
  readonly factor: number;
  /** One number for all elements, or one per element of a sample. */
  readonly shift: readonly number[];
}

/** Bytes to [-1, 1): 2 (byte + u) / 256 - 1, for variance-preserving models. */
export const centered: Scaler = { kind: 'centered', factor: 2 / 256, shift: [128] };

/** Bytes to [0, 1): (byte + u) / 256, for variance-exploding models. */
export const unit: Scaler = { kind: 'unit', factor: 1 / 256, shift: [0] };

/**
 * Points to mean zero and mean variance one. All dimensions are divided by the same number, the root of their mean
 * variance, so that shapes stay what they are.
 * @throws ConfigError if all points are equal.
 */
export function standardize({ values, count, dimension, name }: PointSet): Scaler {
  const shift = Array.from({ length: dimension }, () => 0);
  for (let j = 0; j < values.length; j++) shift[j % dimension]! += values[j]! / count;
  let variance = 0;
  for (let j = 0; j < values.length; j++) variance += (values[j]! - shift[j % dimension]!) ** 2 / values.length;
  if (!(variance > 0))
    throw new ConfigError([
      { path: 'data', message: `expected points that differ, found that all of ${name} are equal` },
    ]);
  return { kind: 'standard', factor: 1 / Math.sqrt(variance), shift };
}

/**
 * The scaler of a set: points are standardised, images take the range that the model asks for.
 * @param range - of image models; `centered` is [-1, 1), `unit` is [0, 1)
 */
export function scalerOf(set: DataSet, range: 'centered' | 'unit' = 'centered'): Scaler {
  if (set.kind === 'points') return standardize(set);
  return range === 'unit' ? unit : centered;
}

/** Data `[B, ...]` in the model's range. */
export function scaled({ factor, shift }: Scaler, x: Tensor): Tensor {
  return { shape: x.shape, data: x.data.map((value, j) => factor * (value - shift[j % shift.length]!)) };
}

/** The inverse of `scaled`. */
export function unscaled({ factor, shift }: Scaler, x: Tensor): Tensor {
  return { shape: x.shape, data: x.data.map((value, j) => value / factor + shift[j % shift.length]!) };
}

/** Samples of an image model as bytes: the bin of 1/256 in which each value lies, or the nearest bin for those outside. */
export function toBytes(scaler: Scaler, x: Tensor): Uint8Array {
  const { data } = unscaled(scaler, x);
  return mapInto(new Uint8Array(data.length), data, (value) => Math.min(255, Math.max(0, Math.floor(value))));
}

/** log |d model / d data| of one sample, in nats: `dimension` log factor. */
export function logDetNats(scaler: Scaler, x: Tensor): number {
  return sampleSize(x) * Math.log(scaler.factor);
}

/**
 * What to add to -log2 p(model) / D to have bits per dimension of the data: log2(d data / d model) = -log2 factor. For
 * bytes this is 8 on [0, 1) and 7 on [-1, 1).
 * @see Theis, van den Oord and Bethge 2016, "A note on the evaluation of generative models", section 3.1
 */
export function bitsOffset(scaler: Scaler): number {
  return -Math.log2(scaler.factor);
}
