/**
 * @file Bundles the package into `dist`: the library (`lib`) and the command line (`cli`), one bundle that is cut into the parts that
 * its entries share. Both are two folders deep, as sources are, so that `assets` and `models` are as far from each.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { partOf } from './parts.ts';
import { pureConstants } from './pure-constants.ts';

export const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');
export const dist = join(root, 'dist');

const entries = readdirSync(src).filter((name) => /^[\w-]+\.ts$/.test(name));
/** Threads begin with files of their own, beside the code that begins them. */
const workers = ['backend/session-worker.js', 'data/pictures/picture-worker.ts', 'node/threads/member.ts'];

/** Changes with the code that lowers graphs, on which programs in the cache depend. */
function loweringRevision(): string {
  const hash = createHash('sha256');
  const backend = join(src, 'backend');
  const names = readdirSync(backend, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));
  for (const name of names.sort()) hash.update(readFileSync(join(backend, name)));
  return hash.digest('hex');
}

/** Entries of files of the source, which come to lie in a folder of `dist`. */
function at(folder: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${folder}/${basename(name, extname(name))}`, join(src, name)]));
}

async function bundleLibraryAndCommands(): Promise<void> {
  const made = await rolldown({
    cwd: root,
    input: {
      ...at('lib', [...entries, ...workers]),
      ...at('cli', ['cli/main.ts']),
      // The one part of the library that draws on a page.
      'lib/studio': join(src, 'studio/entry.ts'),
    },
    external: /^[^./]/,
    platform: 'neutral',
    // Parts do not take what they import along, so that each module is in the part of those that need it.
    preserveEntrySignatures: 'allow-extension',
    treeshake: { moduleSideEffects: false },
    transform: { target: 'es2023', define: { LOWERING_REVISION: JSON.stringify(loweringRevision()) } },
    plugins: [pureConstants(src)],
  });
  await made.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'lib/part-[hash].js',
    comments: { annotation: true, jsdoc: false, legal: false },
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: partOf(src), debugName: 'part' }] },
  });
}

async function bundleForBrowsers(): Promise<void> {
  const made = await rolldown({ input: at('lib', ['node-in-browser.cts']) });
  await made.write({ dir: dist, format: 'cjs', entryFileNames: '[name].cjs' });
}

/** Makes `lib` and `cli` anew. */
export async function bundle(): Promise<void> {
  for (const folder of ['lib', 'cli']) rmSync(join(dist, folder), { recursive: true, force: true });
  await Promise.all([bundleLibraryAndCommands(), bundleForBrowsers()]);
}
