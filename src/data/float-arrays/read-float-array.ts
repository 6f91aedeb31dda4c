/** @file Sets of float arrays from the numbers of a file: their channels, axes, transformations and missing values. */
import { checkOptions } from '../../base/check.ts';
import { FileError } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { didYouMean } from '../../base/suggest.ts';
import { lastPart } from '../../base/words.ts';
import type { NpyData } from '../arrays/npy.ts';
import type { GridAxes } from '../arrays/layout.ts';
import { transformNames, transforms, type StoredTransform } from '../transforms/index.ts';
import {
  fromFileOrder,
  sampleSizeOf,
  type ArrayForm,
  type Channel,
  type Clock,
  type FloatArraySet,
  type GridAxis,
} from './float-array.ts';
import { setOfFloatArrays } from './float-array-set.ts';

/** What is said of the channels and axes of arrays. */
export interface FormOptions {
  /** Names of the channels in order, with their units in brackets: `t2m [K]`. By default their numbers from 1. */
  readonly names?: readonly string[] | undefined;
  /** Transformations of channels: `asinh` of all, `tp=log1p` of one. Default affine. */
  readonly transforms?: readonly string[] | undefined;
  /** Letters of the axes that are periodic. None by default. */
  readonly periodic?: readonly string[] | undefined;
}

/** Numbers of a channel that a transformation is fitted to. */
const mostFitted = 2 ** 20;

/**
 * A set of the numbers of a file.
 * @throws FileError if a number is infinite, or a channel has no numbers at all.
 * @throws ConfigError if names, transformations or periodic axes do not fit it.
 */
export function floatArraySet(
  { axes, data }: { readonly axes: GridAxes; readonly data: NpyData },
  file: string,
  options: FormOptions,
): FloatArraySet {
  const { count, channels, grid, order } = axes;
  if (count === 0 || channels === 0 || grid.some(([, size]) => size === 0))
    throw new FileError(file, `expected arrays, found none`);
  const bad = data.find((value) => value === Infinity || value === -Infinity);
  if (bad !== undefined) throw new FileError(file, `expected finite numbers or NaN for missing ones, found ${bad}`);
  const size = channels * grid.reduce((product, [, own]) => product * own, 1);
  const values = fromFileOrder({ order, channels: { length: channels } as never }, Float32Array.from(data), size);
  const step = data instanceof Uint8Array || data instanceof Int32Array ? 1 : 0;
  const all = { values, count, grid, order, file, step };
  return setOfFloatArrays({ name: lastPart(file), count, form: formFor(all, channels, options), values });
}

/** What a form is found from. */
interface FoundArrays {
  /** `[count, C, ...grid]` */
  readonly values: Float32Array;
  readonly grid: GridAxes['grid'];
  readonly order: ArrayForm['order'];
  readonly file: string;
  /** All numbers are multiples of it; 0 where they are of none. */
  readonly step: number;
  readonly clock?: Clock | undefined;
  readonly rate?: number | undefined;
}

/**
 * The form of arrays with their channels, whose transformations are fitted to the numbers that are there.
 * @throws FileError or ConfigError as `floatArraySet`.
 */
export function formFor(found: FoundArrays, channels: number, options: FormOptions): ArrayForm {
  const { grid, order, clock, rate } = found;
  const named = namesFor(channels, options.names);
  const letters = grid.map(([letter]) => letter);
  const { periodic = [] } = options;
  const strange = periodic.find((letter) => !letters.includes(letter));
  checkOptions([
    strange === undefined,
    'periodic',
    `expected letters of the axes ${letters.join(', ')}, found ${printable(strange ?? '')}`,
  ]);
  const chosen = transformsFor(named, options.transforms ?? []);
  const axes = grid.map(([name, size]): GridAxis => ({ name, size, periodic: periodic.includes(name) }));
  const form = {
    channels: named.map((own, c): Channel => ({ ...own, transform: fitted(found, { channels, c, ...own, transform: chosen[c] ?? 'affine' }) })), // prettier-ignore
    ...{ axes, order },
    ...(clock && { clock }),
    ...(rate !== undefined && { rate }),
  };
  const absent = absentRuns(found.values, sampleSizeOf(form));
  return { ...form, ...(absent.length > 0 && { absent }) };
}

type Named = Pick<Channel, 'name' | 'unit'>;

function namesFor(channels: number, names: FormOptions['names']): readonly Named[] {
  if (names === undefined) return Array.from({ length: channels }, (_, c) => ({ name: String(c + 1) }));
  checkOptions(
    [names.length === channels, 'names', `expected ${channels}, one for each channel, got ${names.length}`],
    [new Set(names).size === names.length, 'names', 'expected names that differ'],
  );
  return names.map((text) => {
    const [, name = text, unit] = /^(.*?)\s*\[([^\]]*)\]$/.exec(text) ?? [];
    return unit === undefined ? { name } : { name, unit };
  });
}

function transformsFor(named: readonly Named[], asked: readonly string[]): readonly string[] {
  const chosen = named.map(() => 'affine');
  for (const text of asked) {
    const [left = '', ...rest] = text.split('=');
    const of = rest.length === 0 ? undefined : left;
    const which = rest.length === 0 ? left : rest.join('=');
    const names = named.map(({ name }) => name);
    checkOptions(
      [
        transformNames.includes(which),
        'transforms',
        `expected ${transformNames.join(', ')}, or one of a channel as ${names[0] ?? ''}=log1p, found ${printable(text)}`,
      ],
      [
        of === undefined || names.includes(of),
        'transforms',
        `there is no channel ${printable(of ?? '')}${didYouMean(of ?? '', names)}`,
      ],
    );
    named.forEach(({ name }, c) => {
      if (of === undefined || name === of) chosen[c] = which;
    });
  }
  return chosen;
}

function fitted(
  { values, grid, file, step }: FoundArrays,
  { channels, c, name, transform }: Named & Readonly<{ channels: number; c: number; transform: string }>,
): StoredTransform {
  const sorted = presentOf(values, { channels, c, area: grid.reduce((product, [, size]) => product * size, 1) });
  if (sorted.length === 0)
    throw new FileError(file, `expected numbers in channel ${printable(name)}, found that all of them are missing`);
  const record = transforms.find((one) => one.name === transform)!;
  const problem = record.refuses?.({ sorted, step });
  checkOptions([problem === undefined, 'transforms', `expected ${problem ?? ''} in channel ${name}`]);
  return { name: record.name, parts: record.fit({ sorted, step }) };
}

/** Numbers of a channel that are there, in rising order: all of them, or some that stand evenly apart. */
function presentOf(
  values: Float32Array,
  { channels, c, area }: Readonly<Record<'channels' | 'c' | 'area', number>>,
): Float64Array {
  const total = values.length / channels;
  // No divisor of the area, so that all places are seen.
  const step = total <= mostFitted ? 1 : 2 * Math.ceil(total / mostFitted / 2) + 1;
  const out: number[] = [];
  for (let k = 0; k < total; k += step) {
    const value = values[(Math.floor(k / area) * channels + c) * area + (k % area)]!;
    if (!Number.isNaN(value)) out.push(value);
  }
  return Float64Array.from(out).sort();
}

/** Runs of places that no sample has, as pairs of a begin and a length. */
function absentRuns(values: Float32Array, size: number): readonly number[] {
  const runs: number[] = [];
  if (!values.some(Number.isNaN)) return runs;
  const there = new Uint8Array(size);
  for (let at = 0; at < values.length; at++) if (!Number.isNaN(values[at])) there[at % size] = 1;
  for (let begin = there.indexOf(0); begin >= 0;) {
    const end = there.indexOf(1, begin);
    runs.push(begin, (end < 0 ? size : end) - begin);
    begin = end < 0 ? -1 : there.indexOf(0, end);
  }
  return runs;
}
