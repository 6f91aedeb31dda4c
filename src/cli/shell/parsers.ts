/** @file From the text of an option to its value, or a sentence on what was expected. */
import { InvalidArgumentError } from 'commander';
import type { Shard } from '../../base/shard.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Parser } from './command.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
};

/** A whole number within a range. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER): ((text: string) => number) =>
  (text) => {
    const value = number(text);
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number of ${range}`);
    return value;
  };

/** A whole number of at least 1. */
export const count = whole(1);

/** A whole number of at least 0. */
export const seed = whole(0);

/** A whole number of 1 to a million. */
export const million = whole(1, 1_000_000);

/** A whole number of samples that are computed together. */
export const batch = whole(1, 65_536);

/** A port of this machine; 0 asks for one that is free. */
export const port = whole(0, 65_535);

/** A shard, such as 2/8. */
export const shard = (text: string): Shard => {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined || Number(of) < 1)
    throw new InvalidArgumentError('expected a shard such as 2/8, the second of eight');
  if (Number(index) < 1 || Number(index) > Number(of))
    throw new InvalidArgumentError(`expected a shard of 1/${of} to ${of}/${of}`);
  return { index: Number(index), of: Number(of) };
};

/** What trains together: mpi, so many threads, or members that meet in a folder. */
export const dist: Parser<'mpi' | `threads:${number}` | `store:${string}`> = Object.assign(
  (text: string) => {
    const [, threads] = /^threads:(\d{1,3})$/.exec(text) ?? [];
    const [, place] = /^store:(.+)$/.exec(text) ?? [];
    if (text === 'mpi') return text;
    if (place !== undefined) return `store:${place}` as const;
    if (threads === undefined || Number(threads) < 1)
      throw new InvalidArgumentError('expected mpi, threads:4 for four threads, or store:FOLDER');
    return `threads:${Number(threads)}` as const;
  },
  { names: ['mpi', 'threads:2', 'store:'] },
);

/** A number above 0. */
export const positive = (text: string): number => {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
};

/** Channels of pictures: 1 or 3. */
export const channels = (text: string): 1 | 3 => {
  if (text !== '1' && text !== '3') throw new InvalidArgumentError('expected 1 or 3');
  return text === '1' ? 1 : 3;
};

/** The path of a file or folder. */
export const path = (text: string): string => {
  if (text === '') throw new InvalidArgumentError('expected a path');
  return text;
};

/** A number of at least 0. */
export const noise = (text: string): number => {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('expected a number of at least 0');
  return value;
};

/** One of some names. */
export function oneOf<T extends string>(names: readonly T[]): Parser<T> {
  const parse = (text: string): T => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`expected ${names.join(', ')}${didYouMean(text, names)}`);
  };
  return Object.assign(parse, { names });
}

/** The name of a time grid, which the library looks up, or noise levels with commas between them. */
export function gridAmong(names: readonly string[]): Parser<string | readonly number[]> {
  return Object.assign((text: string) => (/^[\d.]/.test(text) ? text.split(',').map(number) : text), { names });
}

/** Two angles with a comma between them, in degrees. */
export const angles = (text: string): readonly [number, number] => {
  const [azimuth = NaN, elevation = NaN, ...more] = text.split(',').map(number);
  if (Number.isNaN(azimuth + elevation) || more.length > 0)
    throw new InvalidArgumentError('expected two angles such as -60,25');
  return [azimuth, elevation];
};

/** Values with commas between them. */
export const list =
  <T>(one: (text: string) => T): Parser<readonly T[]> =>
  (text) =>
    text.split(',').map(one);

/** A name that the library looks up; completion offers these. */
export function nameAmong(names: readonly string[]): Parser<string> {
  return Object.assign((text: string) => text, { names });
}
