/** @file Making images smaller by area averaging: each new pixel is the mean of the area that it covers. */

import type { ImageSet } from '../kinds/set-kind.ts';

/** The old pixels that one axis of a new image covers, with exact weights: new pixel i is sum_k weights[i * taps + k] old[first[i] + k]. */
interface Cover {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

/** In units of 1 / (from * to), old pixel j is [j to, (j + 1) to) and new pixel i is [i from, (i + 1) from): overlaps are integers. */
function cover(from: number, to: number): Cover {
  const taps = Math.min(from, Math.ceil(from / to) + 1);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const start = Math.min(Math.floor((i * from) / to), from - taps);
    first[i] = start;
    for (let k = 0; k < taps; k++) {
      const j = start + k;
      const overlap = Math.min((j + 1) * to, (i + 1) * from) - Math.max(j * to, i * from);
      weights[i * taps + k] = Math.max(0, overlap) / from;
    }
  }
  return { taps, first, weights };
}

/** Sizes of planes: how many, their height and their width. */
export interface Planes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Area averages of planes `[count, height, width]`, cut to their central square and brought to `[count, size, size]`, written to `out`.
 * The mean of a square plane is kept up to rounding, for any ratio of the sizes. A byte array as `out` takes the nearest bytes.
 * @param size - at most the shorter side
 */
export function areaAverageInto(
  out: Uint8Array | Float64Array,
  planes: ArrayLike<number>,
  { count, height, width }: Planes,
  size: number,
): void {
  const side = Math.min(height, width);
  const top = (height - side) >> 1;
  const left = (width - side) >> 1;
  const { taps, first, weights } = cover(side, size);
  const rounding = out instanceof Uint8Array ? 0.5 : 0;
  const narrow = new Float64Array(side * size); // [side, size]
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < side; y++) {
      const row = (n * height + top + y) * width + left;
      for (let x = 0; x < size; x++) {
        let sum = 0;
        for (let k = 0; k < taps; k++) sum += weights[x * taps + k]! * planes[row + first[x]! + k]!;
        narrow[y * size + x] = sum;
      }
    }
    for (let y = 0; y < size; y++) {
      const base = first[y]! * size;
      for (let x = 0; x < size; x++) {
        let sum = 0;
        for (let k = 0; k < taps; k++) sum += weights[y * taps + k]! * narrow[base + k * size + x]!;
        out[(n * size + y) * size + x] = sum + rounding;
      }
    }
  }
}

/**
 * A set with its images cut to their central square and brought to `size` x `size` by area averaging.
 * @param size - at most the shorter side
 */
export function shrink(set: ImageSet, size: number): ImageSet {
  const { count, channels, height, width } = set;
  if (height === size && width === size) return set;
  const pixels = new Uint8Array(count * channels * size * size);
  areaAverageInto(pixels, set.pixels, { count: count * channels, height, width }, size);
  if (set.floats === undefined) return { ...set, height: size, width: size, pixels };
  const values = new Float64Array(pixels.length);
  areaAverageInto(values, set.floats.values, { count: count * channels, height, width }, size);
  return { ...set, height: size, width: size, pixels, floats: { ...set.floats, values } };
}

/**
 * Writes an image `[height, width, channels]` as planes `[channels, height, width]` at `offset` of `out`.
 * @param hwc - `channels` numbers for each pixel
 */
export function planesInto(
  out: Uint8Array | Float32Array | Float64Array,
  offset: number,
  hwc: ArrayLike<number>,
  channels: number,
): void {
  const area = hwc.length / channels;
  for (let c = 0; c < channels; c++) {
    for (let p = 0; p < area; p++) out[offset + c * area + p] = hwc[p * channels + c]!;
  }
}
