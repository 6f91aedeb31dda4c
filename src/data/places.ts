/** @file Where standard sets are looked for on this machine. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Places } from './sets/standard-set.ts';

/** The folder in which downloads of a set, or other things that can be made again, are kept. */
export function cacheOf(name: string, { cache }: Places): string {
  return join(cache ?? process.env['SCOREFIELD_CACHE'] ?? join(homedir(), '.cache', 'scorefield'), name);
}

/** The folders that may contain the set, in the order in which they are searched. */
export function searchOrder(name: string, places: Places): readonly string[] {
  const { folder, system = '/usr/share/datasets' } = places;
  const given = folder === undefined ? [] : [folder, join(folder, name)];
  return [...given, cacheOf(name, places), join(system, name)];
}
