/** @file Shards: the parts of a computation that separate processes do, whose results together are those of one process. */

import { checkOptions } from './check.ts';
import { plural } from './words.ts';

/** The `index`-th of `of` shards, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
  /** Shards begin at multiples of so many rows, for what is computed of them later. Default 1. */
  readonly multiple?: number | undefined;
}

/** The part of all rows of a computation that a shard has, [from, to) of `total`. */
export interface ShardRows {
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

/** All rows, as one process has them. */
function allRows(total: number): ShardRows {
  return { from: 0, to: total, total };
}

/**
 * The rows of a shard: whole groups of those that are computed together, so that each is computed beside the same others as in one process, and has the same bits.
 * All rows where there is no shard.
 * @param options.group - rows that are computed together, at least 1
 * @param options.what - what a group is and what to do about too few of them, as in `batches of 64; draw more`
 * @throws ConfigError unless the shard is one of 1 to `of`, and every shard has something to do.
 */
export function shardRows(
  shard: Shard | undefined,
  { total, group: least, what }: { readonly total: number; readonly group: number; readonly what: string },
): ShardRows {
  if (shard === undefined) return allRows(total);
  const { index, of, multiple = 1 } = shard;
  const group = commonMultiple(least, multiple);
  const groups = Math.ceil(total / group);
  checkOptions(
    [
      Number.isInteger(index) && index >= 1 && index <= of,
      'shard',
      `expected a shard of 1/${of} to ${of}/${of}, got ${index}/${of}`,
    ],
    [of === 1 || of <= groups, 'shard', `expected at most ${plural(groups, 'shard')}, as many as there are ${what}`],
  );
  const { from, to } = shardRange(groups, shard);
  return { from: from * group, to: Math.min(total, to * group), total };
}

/** Positions of a list that a shard has: [from, to), as many for each shard as evenly as it goes. */
export function shardRange(length: number, { index, of }: Shard): { readonly from: number; readonly to: number } {
  return { from: Math.floor((length * (index - 1)) / of), to: Math.floor((length * index) / of) };
}

/** The least common multiple of two whole numbers above 0. */
function commonMultiple(a: number, b: number): number {
  return (a / commonDivisor(a, b)) * b;
}

/** The greatest common divisor of two whole numbers above 0. */
export function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
