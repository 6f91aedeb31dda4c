/** @file Before the tests: bundles the package that they start and import, where that is older than its source. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** When a file was changed last; the beginning of time where there is none. */
function changed(file: string): number {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

export async function setup(): Promise<void> {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(changed('scripts/bundle.ts'), ...sources.map((name) => changed(join('src', name))));
  if (newest < changed('dist/cli/main.js')) return;
  const { bundle } = await import('../scripts/bundle.ts');
  await bundle();
}
