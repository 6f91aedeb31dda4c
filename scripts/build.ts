/**
 * @file Builds the package into `dist`: the library (`lib`), the command line (`cli`), each bundled with code splitting, and their
 * declarations (`types`). Bundles are all two folders deep, as sources are, so that `assets` and `models` are as far from both. What
 * they share is in both: in one bundle it is cut into three times as many files, which take a command a quarter longer to load and
 * `scorefield/node` half as long again.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
  chunkNames: '[name]-[hash]',
  entryNames: '[name]',
  logLevel: 'warning',
  define: { LOWERING_REVISION: JSON.stringify(loweringRevision()) },
};
const at = (names: readonly string[]): string[] => names.map((name) => join(src, name));

rmSync(dist, { recursive: true, force: true });
const tsc = spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
const types = once(tsc, 'exit') as Promise<[number | null]>;
await Promise.all([
  build({
    ...shared,
    entryPoints: at([...entries, ...workers]),
    outdir: join(dist, 'lib'),
    platform: 'neutral',
    plugins: [pureCalls(src)],
  }),
  build({
    ...shared,
    entryPoints: at(['cli/main.ts', ...workers]),
    outdir: join(dist, 'cli'),
    platform: 'node',
    minifyWhitespace: true,
    minifySyntax: true,
  }),
  build({
    entryPoints: at(['node-in-browser.cts']),
    outdir: join(dist, 'lib'),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  }),
]);
const [code] = await types;
removeOthers(join(dist, 'types'));
process.exitCode = code ?? 1;
