/** @file The files of the studio: the page as it was built, and the engine as it is installed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileError } from '../base/errors.ts';
import type { ServedFile } from './file-server.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** The engine: the loader and its WebAssembly. */
const engine = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

/** What is served, and whether training is possible. */
export interface StudioFiles {
  readonly files: ReadonlyMap<string, ServedFile>;
  readonly hasEngine: boolean;
}

/** The folder of the page. */
const studioFolder = fileURLToPath(new URL('../../dist/studio', import.meta.url));

/**
 * Reads the page into memory, by the addresses of its files.
 * @param folder - with `index.html`; that of this package by default
 * @throws FileError if there is no page.
 */
export function studioFiles(folder: string = studioFolder): StudioFiles {
  let names: readonly string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (cause) {
    throw new FileError(
      folder,
      'the page of the studio is not built; `npm run studio` in the source of scorefield builds it',
      {
        cause,
      },
    );
  }
  const files = new Map<string, ServedFile>();
  for (const name of names) {
    const address = `/${name.split(sep).join('/')}`;
    if (!address.split('/').some((part) => part.startsWith('.')))
      files.set(address, served(join(folder, name), address));
  }
  const index = files.get('/index.html');
  if (index === undefined) throw new FileError(folder, 'expected a page, found no index.html');
  files.set('/', index);
  const installed = engineFolder();
  if (installed !== undefined)
    for (const name of engine) files.set(`/ort/${name}`, served(join(installed, name), `/ort/${name}`));
  return { files, hasEngine: installed !== undefined };
}

function served(path: string, address: string): ServedFile {
  const body = readFileSync(path);
  return {
    body,
    type: types[extname(path)] ?? 'application/octet-stream',
    tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable: address.startsWith('/assets/'),
  };
}

/** Where onnxruntime-web is installed, if it is. */
function engineFolder(): string | undefined {
  try {
    const [, last = ''] = engine;
    return join(createRequire(import.meta.url).resolve(`onnxruntime-web/${last}`), '..');
  } catch {
    return undefined;
  }
}
