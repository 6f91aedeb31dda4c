/** @file What a set of float arrays is: series, sounds, fields and volumes of one or several channels. */
import { sizeOf, type Shape } from '../../base/tensor.ts';
import type { OwnSet } from '../kinds/set-kind.ts';
import type { DateFormat } from '../tables/dates.ts';
import type { StoredTransform } from '../transforms/index.ts';

/** One of the quantities that are known at each place. */
export interface Channel {
  readonly name: string;
  /** What it is counted in. */
  readonly unit?: string | undefined;
  readonly transform: StoredTransform;
}

/** An axis of the grid. */
export interface GridAxis {
  /** `l` of series, `h` and `w` of fields, `d`, `h` and `w` of volumes. */
  readonly name: string;
  readonly size: number;
  /** Whether its end is beside its beginning, as of longitudes. */
  readonly periodic: boolean;
}

/** Times of the places of a series. */
export interface Clock {
  /** From one place to the next: milliseconds where `format` is there, else units of the data. */
  readonly step: number;
  /** How the times of files are written; undefined for numbers. */
  readonly format?: DateFormat | undefined;
}

/** What all samples of a set have in common, and what a model of them keeps. */
export interface ArrayForm {
  readonly channels: readonly Channel[];
  readonly axes: readonly GridAxis[];
  /** Whether the channels stand last in files, or first, or have no axis there, as where there is one. */
  readonly order: 'first' | 'last' | 'none';
  /** Runs of places `[C, ...grid]` at which no sample has a value, as pairs of a begin and a length; none by default. */
  readonly absent?: readonly number[] | undefined;
  /** Values of a second, of sounds. */
  readonly rate?: number | undefined;
  /** Of series of a file with times. */
  readonly clock?: Clock | undefined;
}

/** Float arrays. */
export interface FloatArraySet extends OwnSet {
  readonly form: ArrayForm;
  /** `[count, channels, ...grid]`; NaN where a value is missing. */
  readonly values: Float32Array;
  /** Sizes of the grid as a network sees it: `[L]` or `[H, W]`. */
  readonly grid: Shape;
  /** Of fields and volumes, rows and columns of the grid that a network sees. */
  readonly height?: number;
  readonly width?: number;
  /** Of windows of series, the time of the first value of each, in the units of the clock. */
  readonly begins?: Float64Array | undefined;
}

/** Sizes of the grid of a form. */
export function gridOf({ axes }: Pick<ArrayForm, 'axes'>): Shape {
  return axes.map(({ size }) => size);
}

/** Numbers of a sample. */
export function sampleSizeOf(form: Pick<ArrayForm, 'axes' | 'channels'>): number {
  return form.channels.length * sizeOf(gridOf(form));
}

/** The shape of a sample as a network sees it: `[C, L]`, `[C, H, W]`, or of volumes `[C D, H, W]`, whose slices are channels. */
export function modelShapeOf(form: Pick<ArrayForm, 'axes' | 'channels'>): Shape {
  const grid = gridOf(form);
  const seen = grid.slice(-2);
  return [form.channels.length * sizeOf(grid.slice(0, -2)), ...seen];
}

/** The shape of a sample in files. */
export function fileShapeOf({ order, channels, axes }: ArrayForm): Shape {
  const grid = gridOf({ axes });
  if (order === 'none') return grid;
  return order === 'first' ? [channels.length, ...grid] : [...grid, channels.length];
}

/** Samples with the channels first, in the layout of files. */
export function toFileOrder<T extends Float32Array | Float64Array>(
  { order, channels }: Pick<ArrayForm, 'order' | 'channels'>,
  values: T,
  size: number,
): T {
  return order === 'last' ? swapped(values, size, [channels.length, size / channels.length]) : values;
}

/** The inverse of `toFileOrder`. */
export function fromFileOrder<T extends Float32Array | Float64Array>(
  { order, channels }: Pick<ArrayForm, 'order' | 'channels'>,
  values: T,
  size: number,
): T {
  return order === 'last' ? swapped(values, size, [size / channels.length, channels.length]) : values;
}

/** Each sample as a matrix of rows and columns, transposed. */
function swapped<T extends Float32Array | Float64Array>(
  values: T,
  size: number,
  [rows, columns]: readonly [rows: number, columns: number],
): T {
  const out = values.slice() as T;
  for (let begin = 0; begin < values.length; begin += size)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) out[begin + c * rows + r] = values[begin + r * columns + c] ?? NaN;
  return out;
}
