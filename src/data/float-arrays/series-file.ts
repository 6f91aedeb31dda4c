/** @file Series of a table: a line for each time, a column for each channel, cut into windows that a training and its test share nothing of. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { FileError } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { didYouMean } from '../../base/suggest.ts';
import { lastPart } from '../../base/words.ts';
import type { Split } from '../sets/standard-set.ts';
import { cellsOf, type Cells } from '../tables/cells.ts';
import { isAbsent, parseNumber } from '../tables/column.ts';
import { parseDate } from '../tables/dates.ts';
import type { Clock, FloatArraySet } from './float-array.ts';
import { setOfFloatArrays } from './float-array-set.ts';
import { formFor, type FormOptions } from './read-float-array.ts';

/** How a table is read as a series. */
export interface SeriesOptions extends Pick<FormOptions, 'transforms' | 'periodic'> {
  /** Lines of a window. */
  readonly window: number;
  /** Lines from the begin of a window to that of the next, at least 1. Default a quarter of the window. */
  readonly stride?: number | undefined;
  /** The column of times. By default the first whose cells are all dates; without one the lines are numbered. */
  readonly time?: string | undefined;
  /** Columns that are left out. None by default. */
  readonly omit?: readonly string[] | undefined;
  /** `train` for the windows before the last tenth of the time, `test` for those within it. All by default. */
  readonly split?: Split | undefined;
}

/** A series of several channels. */
export interface SeriesTable {
  readonly names: readonly string[];
  /** `[channels, times]`; NaN where a value is missing, and at times that the table leaves out. */
  readonly values: readonly Float32Array[];
  readonly length: number;
  readonly clock: Clock | undefined;
  /** The time of the first line. */
  readonly begin: number;
}

/** Of the time a tenth is kept out, and at least a window. */
const keptOut = 10;
/** Times that a table may leave out, as a multiple of its lines. */
const mostGaps = 10;

/**
 * The series of a text of separated values. Times must rise by one step, of which the table may leave out some.
 * @throws FileError naming the line where a cell is no number, or times do not rise by the step.
 * @throws ConfigError if there is no such column.
 */
export function seriesTable(
  text: string,
  file: string,
  { time, omit = [] }: Pick<SeriesOptions, 'time' | 'omit'>,
): SeriesTable {
  const cells = cellsOf(text, file);
  const { names, columns } = cells;
  for (const [path, name] of [...omit.map((own) => ['omit', own] as const), ...(time === undefined ? [] : [['time', time] as const])]) // prettier-ignore
    checkOptions([names.includes(name), path, `there is no column ${printable(name)} in ${file}${didYouMean(name, names)}`]); // prettier-ignore
  const areDates = (j: number): boolean => columns[j]!.length > 0 && columns[j]!.every((cell) => parseDate(cell));
  const found =
    time === undefined ? names.findIndex((name, j) => !omit.includes(name) && areDates(j)) : names.indexOf(time);
  const { places, clock, begin, length } = placesOf(cells, found, file);
  const channels = names.flatMap((name, j) => (j === found || omit.includes(name) ? [] : [j]));
  if (channels.length === 0 || places.length < 2)
    throw new FileError(
      file,
      `expected lines of numbers, found ${places.length} with ${channels.length} columns of them`,
    );
  const values = channels.map((j) => {
    const out = new Float32Array(length).fill(NaN);
    columns[j]!.forEach((cell, row) => {
      const value = isAbsent(cell) ? NaN : parseNumber(cell);
      if (value === undefined)
        throw new FileError(
          file,
          `expected a number in column ${printable(names[j]!)}, found ${printable(cell)} in line ${cells.lineOf(row)}; --omit leaves the column out`,
        );
      out[places[row]!] = value;
    });
    return out;
  });
  return { names: channels.map((j) => names[j]!), values, length, clock, begin };
}

/** Where each line stands in time. */
function placesOf(
  cells: Cells,
  j: number,
  file: string,
): { places: readonly number[]; clock: Clock | undefined; begin: number; length: number } {
  const { names, columns } = cells;
  const rows = columns[0]?.length ?? 0;
  if (j < 0) return { places: Array.from({ length: rows }, (_, row) => row), clock: undefined, begin: 0, length: rows };
  const name = printable(names[j]!);
  const dates = columns[j]!.map((cell) => parseDate(cell));
  const times = columns[j]!.map((cell, row) => dates[row]?.ms ?? parseNumber(cell) ?? NaN);
  const bad = times.findIndex((value) => Number.isNaN(value));
  if (bad >= 0)
    throw new FileError(file, `expected a time in column ${name}, found ${printable(columns[j]![bad]!)} in line ${cells.lineOf(bad)}`); // prettier-ignore
  const steps = times.slice(1).map((value, i) => value - times[i]!);
  const back = steps.findIndex((step) => !(step > 0));
  if (back >= 0)
    throw new FileError(file, `expected times that rise in column ${name}, found ${printable(columns[j]![back + 1]!)} in line ${cells.lineOf(back + 1)}`); // prettier-ignore
  const step = steps.reduce((least, own) => Math.min(least, own), Infinity);
  const [begin = 0] = times;
  const places = times.map((value) => Math.round((value - begin) / step));
  const uneven = times.findIndex((value, i) => Math.abs(value - begin - places[i]! * step) > 1e-3 * step);
  if (uneven >= 0)
    throw new FileError(file, `expected times apart by multiples of the least step in column ${name}, found ${printable(columns[j]![uneven]!)} in line ${cells.lineOf(uneven)}`); // prettier-ignore
  const length = (places.at(-1) ?? 0) + 1;
  if (length > mostGaps * rows)
    throw new FileError(file, `expected times of which most are there in column ${name}, found ${rows} of ${length}`);
  const format = dates[0]?.format;
  return { places, clock: { step, ...(format && { format }) }, begin, length };
}

/**
 * Windows of a series as a set of arrays. Transformations are fitted to the windows of the training. No time is in a window of the training and in one of the test.
 * @throws FileError as `seriesTable`, and if the series is too short for two windows.
 * @throws ConfigError if an option is out of its range.
 */
export function readSeries(text: string, file: string, options: SeriesOptions): FloatArraySet {
  const { window, stride = Math.max(1, window >> 2), split } = options;
  checkOptions(positiveInteger('window', window), positiveInteger('stride', stride));
  const table = seriesTable(text, file, options);
  const { names, values: lines, length, clock, begin } = table;
  const border = length - Math.max(window, Math.floor(length / keptOut));
  if (border < window)
    throw new FileError(file, `expected at least ${2 * window} times for windows of ${window}, found ${length}`);
  const startsIn = (from: number, to: number): readonly number[] =>
    Array.from({ length: Math.max(0, Math.floor((to - from - window) / stride) + 1) }, (_, i) => from + i * stride).filter((at) => lines.some((line) => line.subarray(at, at + window).some((value) => !Number.isNaN(value)))); // prettier-ignore
  const valuesOf = (starts: readonly number[]): Float32Array => {
    const out = new Float32Array(starts.length * lines.length * window);
    starts.forEach((at, i) => {
      lines.forEach((line, c) => out.set(line.subarray(at, at + window), (i * lines.length + c) * window));
    });
    return out;
  };
  const train = startsIn(0, border);
  const form = formFor({ values: valuesOf(train), grid: [['l', window]], order: 'last', file, step: 0, ...(clock && { clock }) }, lines.length, { ...options, names }); // prettier-ignore
  const taken = split === 'train' ? train : split === 'test' ? startsIn(border, length) : [...train, ...startsIn(border, length)]; // prettier-ignore
  const begins = Float64Array.from(taken, (at) => (clock === undefined ? at : begin + at * clock.step));
  return setOfFloatArrays({ name: lastPart(file), count: taken.length, form: { ...form, absent: undefined }, values: valuesOf(taken), begins }); // prettier-ignore
}
