/** @file Whether what computes side by side has a processor each. */
import { availableParallelism } from 'node:os';

/** That more threads compute here than there are processors, in words; undefined where they do not. */
export function crowd(members: number, threads: number): string | undefined {
  const processors = availableParallelism();
  if (members * threads <= processors) return undefined;
  return `${members} members with --threads ${threads} share ${processors} ${processors === 1 ? 'processor' : 'processors'}`;
}
