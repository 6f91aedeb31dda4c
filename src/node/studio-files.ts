/** @file The files of the studio: the page as it was built, the engine as it is installed, and the models and pictures of the package. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { FileError } from '../base/errors.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { loadAnyRun } from '../run/load.ts';
import { modelBox, modelFileName, modelNames } from '../run/model-box.ts';
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

const typeOf = (name: string): string => types[extname(name)] ?? 'application/octet-stream';

/** The engine: loaders and their WebAssembly, on the processor and, by two builds, on a graphics processor. */
const engine = ['', '.jspi', '.asyncify'].flatMap((build) =>
  ['mjs', 'wasm'].map((end) => `ort-wasm-simd-threaded${build}.${end}`),
);

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
  const beside = filesBesidePage();
  for (const [address, file] of beside) files.set(address, file);
  return { files, hasEngine: beside.has(`/ort/${engine[0] ?? ''}`) };
}

/** What lies beside the page, by address: `/ort/`, `/models/` and `/emoji/`. A plain file server needs copies of them. */
export function filesBesidePage(): ReadonlyMap<string, ServedFile> {
  const files = new Map<string, ServedFile>();
  const installed = engineFolder();
  if (installed !== undefined)
    for (const name of engine) files.set(`/ort/${name}`, readWhenAsked(join(installed, name)));
  const models = modelNames().flatMap(imageModel);
  for (const { name, file } of models) files.set(`/models/${name}.safetensors`, file);
  const list = models.map(({ name, about }) => ({ name, ...about }));
  files.set('/models/index.json', servedBytes(Buffer.from(JSON.stringify(list)), '/models/index.json'));
  const read = (name: string): Buffer => readFileSync(new URL(name, assets));
  files.set('/emoji/names.json', servedBytes(read('emoji.json'), '/emoji/names.json'));
  files.set('/emoji/pictures.rgb', servedBytes(brotliDecompressSync(read('emoji.rgb.br')), '/emoji/pictures.rgb'));
  return files;
}

// The same distance from src/node and from dist/lib.
const assets = new URL('../../assets/', import.meta.url);

/** A model of the package with what a page says of it before it opens it. */
interface PackageModel {
  readonly name: string;
  readonly file: ServedFile;
  readonly about: { readonly data: string; readonly shape: readonly number[]; readonly bytes: number };
}

/** The model of a name, if it has learned a score of images. */
function imageModel(name: string): readonly PackageModel[] {
  const folder = join(modelBox(), name);
  const { config, data } = loadAnyRun(folder);
  if (config.task !== 'score' || dataKindOf(data).pictures === undefined) return [];
  const file = served(join(folder, modelFileName), name);
  return [{ name, file, about: { data: config.data.ref, shape: data.shape, bytes: file.body.length } }];
}

function served(path: string, address: string): ServedFile {
  return servedBytes(readFileSync(path), address);
}

/** A large file that is not kept in memory, as most visits need none or one of them. */
function readWhenAsked(path: string): ServedFile {
  const { size, mtimeMs } = statSync(path);
  return {
    get body() {
      return readFileSync(path);
    },
    type: typeOf(path),
    tag: `"${size.toString(36)}-${mtimeMs.toString(36)}"`,
    immutable: false,
  };
}

function servedBytes(body: Uint8Array, address: string): ServedFile {
  return {
    body,
    type: typeOf(address),
    tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable: address.startsWith('/assets/'),
  };
}

/** Where onnxruntime-web is installed, if it is. */
function engineFolder(): string | undefined {
  try {
    return join(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'), '..');
  } catch {
    return undefined;
  }
}
