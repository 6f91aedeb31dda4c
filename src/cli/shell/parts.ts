/** @file What commands with --shard say and refuse. */
import { checkOptions } from '../../base/check.ts';
import type { Shard, ShardRows } from '../../base/shard.ts';
import type { PartOf } from '../../node/shards.ts';
import type { Terminal } from './terminal.ts';

/** @throws ConfigError unless there is no shard or the file is one of arrays. */
export function requirePartFile(shard: Shard | undefined, file: string | undefined): void {
  checkOptions([
    shard === undefined || file?.toLowerCase().endsWith('.npz') === true,
    'shard',
    'expected a file .npz for the part, --out part.npz',
  ]);
}

/** Whether a part is there already, which is said then. */
export function partIsThere(
  out: Terminal,
  { file, run, part }: { readonly file: string; readonly run: string; readonly part: PartOf | undefined },
  isPart: (file: string, part: PartOf) => boolean,
): boolean {
  if (part === undefined || !isPart(file, part)) return false;
  out.line(`part ${part.shard.index}/${part.shard.of} is there already: ${file}`);
  out.result({ file, run, part: part.shard });
  return true;
}

/** Which of all rows a part has: `samples 1 to 8 of 20`. */
export function rowsText(what: string, { from, to, total }: ShardRows): string {
  return `${what} ${from + 1} to ${to} of ${total}`;
}
