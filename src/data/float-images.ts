/** @file Images of floats: their range, their levels to look at, and how they meet images of bytes. */
import { mapInto } from '../base/map-into.ts';
import { ConfigError } from '../base/errors.ts';
import type { FloatImages, ImageSet } from './kinds/set-kind.ts';
import type { Scaler } from './scaler.ts';

/** Least and greatest value of a range. */
export type Range = readonly [low: number, high: number];

/**
 * The range of the pixels of images of floats: 0 to 1 if they lie within and reach the upper half, else from the least to the greatest.
 * @param values - finite
 */
export function rangeOf(values: ArrayLike<number>): Range {
  let [low, high] = [Infinity, -Infinity];
  for (let j = 0; j < values.length; j++) {
    low = Math.min(low, values[j] ?? low);
    high = Math.max(high, values[j] ?? high);
  }
  if (low >= 0 && high <= 1 && high >= 0.5) return [0, 1];
  // Equal pixels have a range too.
  return high > low ? [low, high] : [low, low + (Math.abs(low) || 1)];
}

/** The nearest of 256 levels from the least to the greatest value of a range. */
export function levelsOf(values: ArrayLike<number>, [low, high]: Range): Uint8Array {
  const level = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))));
  return mapInto(new Uint8Array(values.length), values, level);
}

/** The pixels of a set of images of floats. */
export function floatPixels(
  values: FloatImages['values'],
): Pick<ImageSet, 'pixels'> & { readonly floats: FloatImages } {
  const range = rangeOf(values);
  return { pixels: levelsOf(values, range), floats: { values, range } };
}

/** Whether a scaler is of images of bytes. */
export function isOfBytes({ kind, range }: Scaler): boolean {
  return kind !== 'standard' && range === undefined;
}

/**
 * Images in the units that a scaler reads: floats of 0 to 1 as bytes, as runs of older versions read them, or bytes as floats of 0 to 1.
 * @throws ConfigError if images of floats do not lie in 0 to 1, or those of the scaler do not.
 */
export function imagesInUnitsOf(scaler: Pick<Scaler, 'kind' | 'range'>, set: ImageSet): ImageSet {
  if (scaler.kind === 'standard') return set;
  if (scaler.range === undefined) return set.floats === undefined ? set : asBytes(set, set.floats);
  if (set.floats !== undefined) return { ...set, floats: { values: set.floats.values, range: scaler.range } };
  const [low, high] = scaler.range;
  if (low !== 0 || high !== 1)
    throw problem(`images of floats of ${low} to ${high}, as the run has learned, found bytes in ${set.name}`);
  const values = mapInto(new Float32Array(set.pixels.length), set.pixels, (byte) => byte / 255);
  return { ...set, floats: { values, range: scaler.range } };
}

function asBytes(set: ImageSet, { values }: FloatImages): ImageSet {
  const bad = values.find((value) => !(value >= 0 && value <= 1));
  if (bad !== undefined) throw problem(`images of bytes or of floats of 0 to 1, found ${bad} in ${set.name}`);
  const { kind, name, count, channels, height, width, flips, labels, classNames } = set;
  const classes = { ...(labels && { labels }), ...(classNames && { classNames }) };
  return { kind, name, count, channels, height, width, flips, ...classes, pixels: levelsOf(values, [0, 1]) };
}

function problem(message: string): ConfigError {
  return new ConfigError([{ path: 'data', message: `expected ${message}` }]);
}

/**
 * Two sets of images in the same units: both of bytes where one of them is, else in the range of the second.
 * @throws ConfigError as `imagesInUnitsOf`.
 */
export function imagesInSameUnits(set: ImageSet, reference: ImageSet): readonly [ImageSet, ImageSet] {
  const { floats } = reference;
  const range = set.floats && floats?.range;
  const scaler = { kind: 'unit', ...(range && { range }) } as const;
  return [imagesInUnitsOf(scaler, set), imagesInUnitsOf(scaler, reference)];
}

/** Numbers of images in [0, 1]: bytes as the middles of their 256 levels, floats within their range. */
export function unitValues(set: ImageSet, row: number): Float64Array {
  const size = set.channels * set.height * set.width;
  const [begin, end] = [row * size, (row + 1) * size];
  if (set.floats === undefined)
    return mapInto(new Float64Array(size), set.pixels.subarray(begin, end), (byte) => (byte + 0.5) / 256);
  const { values, range } = set.floats;
  const [low, high] = range;
  return mapInto(new Float64Array(size), values.subarray(begin, end), (value) => (value - low) / (high - low));
}
