/** @file Shards: the parts of a computation that separate processes do, whose results together are those of one process. */

import { checkOptions } from './check.ts';

/** The `index`-th of `of` shards, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * Checks a shard of a list.
 * @param what - what the list has, and what to do about too few of them
 * @throws ConfigError unless every shard has something to do.
 */
export function checkShard({ index, of }: Shard, length: number, what: string): void {
  checkOptions(
    [
      Number.isInteger(index) && index >= 1 && index <= of,
      'shard',
      `expected a shard of 1/${of} to ${of}/${of}, got ${index}/${of}`,
    ],
    [of === 1 || of <= length, 'shard', `expected at most ${length} shards, since there are ${length} ${what}`],
  );
}

/** Positions of a list that a shard has: [from, to), as many for each shard as evenly as it goes. */
export function shardRange(length: number, { index, of }: Shard): { readonly from: number; readonly to: number } {
  return { from: Math.floor((length * (index - 1)) / of), to: Math.floor((length * index) / of) };
}
