/** @file What the browser's builds of ONNX Runtime have in common: where their files are, threads, and how a start fails. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { ConfigError, InternalError, UnsupportedError } from '../../base/errors.ts';
import type { Env, InferenceSession, TensorConstructor } from 'onnxruntime-common';
import type { Runtime, Session } from '../session.ts';

/**
 * Where the files of ONNX Runtime are: the address of a folder that contains both of a build, or of each of them. Relative
 * addresses are those of the page, in a worker of its script.
 */
export type WasmLocation =
  string | URL | { readonly wasm?: string | URL | undefined; readonly mjs?: string | URL | undefined };

/** Options of the browser backends. */
export interface WebOptions {
  /**
   * Threads, 1 by default. More than 1 need a page that is cross-origin isolated, and in a bundle `wasm.mjs`, the script that the
   * threads begin with. One thread is best for points; up to four make batches of images faster.
   */
  readonly threads?: number | undefined;
  /**
   * Where the WebAssembly of ONNX Runtime is; by default beside the script that contains ONNX Runtime, where Vite and webpack put it
   * by themselves.
   */
  readonly wasm?: WasmLocation | undefined;
}

/** A build of ONNX Runtime for browsers. */
export interface Build {
  /** The files of the build are named so, with `.wasm` and `.mjs`. */
  readonly file: string;
  /** The function that is called to use it, for messages. */
  readonly call: string;
  readonly load: () => Promise<{
    readonly env: Env;
    readonly InferenceSession: {
      create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<Session>;
    };
    readonly Tensor: TensorConstructor;
  }>;
}

/** Milliseconds within which threads begin, the download of the WebAssembly included. */
const longestStart = 60_000;

/** What runs in this thread by build: ONNX Runtime has one engine of each, which begins with the first session. */
const engines = new Map<string, { readonly settings: string; readonly first: Promise<unknown> }>();

/** A bundle of a page has this code in another place than the package, which has its own files in `dist/lib`. */
const bundled = !/\/ort-browser\.ts$|\/scorefield(@[^/]+)?\/dist\/lib\/[^/]+\.js$/.test(import.meta.url);

/**
 * Sessions and tensors of a build.
 * @throws ConfigError unless threads is a positive integer, and if there are more than 1 where threads cannot begin; later, if
 * the engine of this thread has started with other options.
 * @throws UnsupportedError later, if the engine cannot begin.
 */
export function browserSessions(
  build: Build,
  { threads = 1, wasm }: WebOptions,
  optionsFor: (kept: readonly string[]) => InferenceSession.SessionOptions,
): Runtime {
  checkThreads(build, threads, wasm);
  const paths = pathsOf(wasm);
  const settings = JSON.stringify({ threads, paths });
  let loaded: Awaited<ReturnType<Build['load']>> | undefined;
  const create: Runtime['create'] = async (model, kept) => {
    loaded = await build.load();
    const { env, InferenceSession } = loaded;
    const begin = (): Promise<Session> => InferenceSession.create(model, optionsFor(kept));
    const engine = engines.get(build.file);
    if (engine === undefined) {
      env.wasm.numThreads = threads;
      if (paths !== undefined) env.wasm.wasmPaths = paths;
      const first = starting(build, { threads, paths }, begin());
      engines.set(build.file, { settings, first });
      return first;
    }
    if (engine.settings !== settings) {
      const message = `expected the options of the engine that runs in this thread, ${engine.settings}, got ${settings}; begin another worker for other ones`;
      throw new ConfigError([{ path: build.call, message }]);
    }
    // An engine that could not begin never will; a model that was refused says nothing of the engine.
    await engine.first.catch((error: unknown) => {
      if (error instanceof UnsupportedError) throw error;
    });
    return begin();
  };
  const tensorOf: Runtime['tensorOf'] = (data, shape) => {
    if (loaded === undefined) throw new InternalError('a tensor was made before the first session');
    return new loaded.Tensor('float32', data, shape);
  };
  return { create, tensorOf };
}

function checkThreads(build: Build, threads: number, wasm: WasmLocation | undefined): void {
  checkOptions(positiveInteger('threads', threads));
  if (threads === 1) return;
  const isolated = (globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated;
  const script = typeof wasm === 'string' || wasm instanceof URL || wasm?.mjs !== undefined;
  checkOptions(
    [
      isolated !== false,
      'threads',
      `expected 1 in a page that is not cross-origin isolated, got ${threads}; serve it with the headers ` +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    ],
    [
      script || !bundled,
      'wasm.mjs',
      `expected the address of ${build.file}.mjs of onnxruntime-web for ${threads} threads in a bundle, whose threads would ` +
        'begin with the bundle itself',
    ],
  );
}

/** Absolute addresses: ONNX Runtime would take relative ones as those of its own script. */
function pathsOf(wasm: WasmLocation | undefined): string | Readonly<Record<string, string>> | undefined {
  if (wasm === undefined) return undefined;
  if (typeof wasm === 'string' || wasm instanceof URL) return absolute(wasm).replace(/\/?$/, '/');
  const given = Object.entries(wasm).filter((entry): entry is [string, string | URL] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([name, address]) => [name, absolute(address)]));
}

function absolute(address: string | URL): string {
  const { location } = globalThis as { readonly location?: { readonly href: string; readonly origin: string } };
  // The script of a worker may be a blob, which has no folder.
  const base = location?.href.startsWith('blob:') ? location.origin : location?.href;
  return new URL(address, base).href;
}

/** The first session of an engine, or why it cannot begin. */
async function starting(
  { file, call }: Build,
  { threads, paths }: { readonly threads: number; readonly paths: ReturnType<typeof pathsOf> },
  session: Promise<Session>,
): Promise<Session> {
  const place =
    typeof paths === 'string'
      ? `in ${paths}`
      : paths === undefined
        ? 'beside the script'
        : 'at '.concat(Object.values(paths).join(' and '));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    if (threads === 1) return;
    timer = setTimeout(() => {
      reject(
        new UnsupportedError(
          `ONNX Runtime has not started with ${threads} threads in ${longestStart / 1000} seconds: expected ${file}.mjs ${place}, served as JavaScript with the ` +
            `header Cross-Origin-Embedder-Policy: require-corp and allowed as a worker; ${call}({ threads: 1 }) needs none of it`,
        ),
      );
    }, longestStart);
  });
  try {
    return await Promise.race([session, late]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof UnsupportedError || !why.includes('no available backend found')) throw cause;
    const reason = why.replace(
      /^no available backend found\.\s*ERR:\s*|\.? Build with -sASSERTIONS for more info\./g,
      '',
    );
    throw new UnsupportedError(
      /Content Security Policy|disallowed by embedder|unsafe-eval/.test(why)
        ? `ONNX Runtime cannot begin: the Content-Security-Policy of the page must allow 'wasm-unsafe-eval' (${reason})`
        : `ONNX Runtime cannot begin: expected ${file}.wasm${typeof paths === 'string' ? ` and ${file}.mjs` : ''} ${place}; copy it there from node_modules/onnxruntime-web/dist, or say ` +
            `where it is, ${call}({ wasm: { wasm: address } }) (${reason})`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}
