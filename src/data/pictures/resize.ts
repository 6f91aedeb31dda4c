/**
 * @file Images at another size: sets are made smaller by area averaging, in which each new pixel is the mean of the area that it covers; what networks of one size
 * read is resized cleanly.
 */
import { areaWeights, cubicWeights, type AxisWeights } from './axis-weights.ts';
import type { ImageSet } from '../kinds/set-kind.ts';

/** Sizes of planes: how many, their height and their width. */
export interface Planes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** The part of a plane that is resized, and how its rows and columns become new ones. */
interface Resizing {
  /** The first row and column of the part, and its rows. */
  readonly top: number;
  readonly left: number;
  readonly rows: AxisWeights;
  readonly columns: AxisWeights;
  /** Of a sum of weighted pixels. */
  readonly finish: (sum: number) => number;
}

/** Resizes planes `[count, height, width]` column by column, then row by row, to `[count, rows.to, columns.to]`. */
function resizeInto(
  out: Uint8Array | Float32Array | Float64Array,
  planes: ArrayLike<number>,
  { count, height, width }: Planes,
  { top, left, rows, columns, finish }: Resizing,
): void {
  const narrow = new Float64Array(rows.from * columns.to); // [rows.from, columns.to]
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < rows.from; y++) {
      const row = (n * height + top + y) * width + left;
      for (let x = 0; x < columns.to; x++) {
        const begin = row + columns.first[x]!;
        let sum = 0;
        for (let k = 0; k < columns.taps; k++) sum += columns.weights[x * columns.taps + k]! * planes[begin + k]!;
        narrow[y * columns.to + x] = sum;
      }
    }
    for (let y = 0; y < rows.to; y++) {
      const base = rows.first[y]! * columns.to;
      for (let x = 0; x < columns.to; x++) {
        let sum = 0;
        for (let k = 0; k < rows.taps; k++)
          sum += rows.weights[y * rows.taps + k]! * narrow[base + k * columns.to + x]!;
        out[(n * rows.to + y) * columns.to + x] = finish(sum);
      }
    }
  }
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
  const weights = areaWeights(side, size);
  const rounding = out instanceof Uint8Array ? 0.5 : 0;
  resizeInto(
    out,
    planes,
    { count, height, width },
    {
      ...{ top: (height - side) >> 1, left: (width - side) >> 1, rows: weights, columns: weights },
      finish: (sum) => sum + rounding,
    },
  );
}

/**
 * Clean resizing of whole planes `[count, height, width]` to `[count, to.height, to.width]`, larger or smaller: cubic interpolation that averages where
 * it makes smaller, of which what leaves the range of black and white is cut off. Nothing is rounded.
 * @see Parmar, Zhang and Zhu 2022, "On aliased resizing and surprising subtleties in GAN evaluation", section 3
 */
export function cleanResizeInto(
  out: Float32Array | Float64Array,
  planes: ArrayLike<number>,
  { count, height, width }: Planes,
  {
    to,
    range: [low, high],
  }: { readonly to: Omit<Planes, 'count'>; readonly range: readonly [low: number, high: number] },
): void {
  resizeInto(
    out,
    planes,
    { count, height, width },
    {
      ...{ top: 0, left: 0, rows: cubicWeights(height, to.height), columns: cubicWeights(width, to.width) },
      finish: (sum) => Math.min(high, Math.max(low, sum)),
    },
  );
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
