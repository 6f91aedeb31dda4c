/**
 * @file Builds the package into `dist`: the library (`lib`) and the command line (`cli`), one bundle that is split into the parts that
 * its entries share, and declarations (`types`). All are two folders deep, as sources are, so that `assets` and `models` are as far
 * from each.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { removeOthers } from './declarations.ts';
import { pureCalls } from './pure-calls.ts';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');
const dist = join(root, 'dist');

const entries = readdirSync(src).filter((name) => /^[\w-]+\.ts$/.test(name));
/** Threads begin with files of their own, beside the code that begins them. */
const workers = ['backend/session-worker.js', 'data/pictures/picture-worker.ts'];

/** Changes with the code that lowers graphs, on which programs in the cache depend. */
function loweringRevision(): string {
  const hash = createHash('sha256');
  const backend = join(src, 'backend');
  const names = readdirSync(backend, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));
  for (const name of names.sort()) hash.update(readFileSync(join(backend, name)));
  return hash.digest('hex');
}

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2023',
  packages: 'external',
  chunkNames: 'lib/[name]-[hash]',
  logLevel: 'warning',
  define: { LOWERING_REVISION: JSON.stringify(loweringRevision()) },
};
/** Entries of files of the source, which come to lie in a folder of `dist`. */
const at = (folder: string, names: readonly string[]): { readonly in: string; readonly out: string }[] =>
  names.map((name) => ({ in: join(src, name), out: `${folder}/${basename(name, extname(name))}` }));

rmSync(dist, { recursive: true, force: true });
const tsc = spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
const types = once(tsc, 'exit') as Promise<[number | null]>;
await Promise.all([
  build({
    ...shared,
    entryPoints: [...at('lib', [...entries, ...workers]), ...at('cli', ['cli/main.ts'])],
    outdir: dist,
    platform: 'neutral',
    plugins: [pureCalls(src)],
  }),
  build({
    entryPoints: at('lib', ['node-in-browser.cts']),
    outdir: dist,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  }),
]);
const [code] = await types;
removeOthers(join(dist, 'types'));
process.exitCode = code ?? 1;
