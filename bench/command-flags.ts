/** @file What Node is given when the command is run by its name. */
import { readFileSync } from 'node:fs';

/** Those of the first line of the command. */
export const commandFlags =
  /-S node (.*)/.exec(readFileSync(new URL('../src/cli/main.ts', import.meta.url), 'utf8'))?.[1]?.split(' ') ?? [];
