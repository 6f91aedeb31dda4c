/** @file Before the tests: builds the package that they start and import, and the page of the studio, where these are older than their source. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** When a file was changed last; the beginning of time where there is none. */
function changed(file: string): number {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

export async function setup(): Promise<void> {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = (...others: readonly string[]): number =>
    Math.max(...[...others, ...sources.map((name) => join('src', name))].map(changed));
  if (newest('scripts/bundle.ts') >= changed('dist/cli/main.js')) {
    const { bundle } = await import('../scripts/bundle.ts');
    await bundle();
  }
  if (newest('vite.studio.config.ts') >= changed('dist/studio/index.html')) {
    const { build } = await import('vite');
    await build({ configFile: join(root, 'vite.studio.config.ts'), logLevel: 'error' });
  }
}
