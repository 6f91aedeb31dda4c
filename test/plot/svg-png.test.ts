/** @file Pictures with text on a system that has no configuration of fonts, as a small container has none. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { newFolder } from '../io/folders.ts';

const draw = fileURLToPath(new URL('../io/children/draw-text.ts', import.meta.url));
const node = [process.execPath, '--import', import.meta.resolve('tsx'), draw];
/** Hides the folder of the configuration, in a namespace of its own. */
const hidden = (empty: string): string[] => [
  'unshare',
  '--mount',
  '--map-root-user',
  'sh',
  '-c',
  `mount --bind '${empty}' /etc/fonts && exec "$@"`,
  'sh',
];

function ran(words: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const [program = '', ...args] = words;
  return spawnSync(program, args, { encoding: 'utf8' });
}

const empty = join(newFolder(), 'fonts');
mkdirSync(empty);
const canHide = ran([...hidden(empty), 'true']).status === 0;

it.skipIf(!canHide)('are drawn without a word (skipped where /etc/fonts cannot be hidden)', () => {
  expect(ran([...hidden(empty), ...node])).toMatchObject({ status: 0, stderr: '' });
});
