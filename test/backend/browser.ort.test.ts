/**
 * @file The library as it is built, in a browser without a window, against Node. It needs Chromium, such as that of Debian's
 * package `chromium`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import typescript from 'typescript';
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import * as lib from '../../src/index.ts';
import { newFolder } from '../io/folders.ts';
import { numbers } from './children/in-browser.ts';

type Numbers = Awaited<ReturnType<typeof numbers>>;

const root = resolve(import.meta.dirname, '../..');
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const page = `<!doctype html>
<script type="importmap">
  { "imports": {
    "onnxruntime-common": "/node_modules/onnxruntime-common/dist/esm/index.js",
    "onnxruntime-web/wasm": "/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs"
  } }
</script>
<script type="module">
  const tell = (value) => fetch('/result', { method: 'POST', body: JSON.stringify(value) });
  addEventListener('unhandledrejection', ({ reason }) => tell({ error: String(reason) + reason?.stack }));
  const [lib, { webBackend }, { InferenceSession, Tensor }, { numbers }] = await Promise.all(
    ['/dist/index.js', '/dist/web.js', 'onnxruntime-web/wasm', '/in-browser.js'].map((name) => import(name)),
  );
  const runModel = async (model, { x, t }) => {
    const session = await InferenceSession.create(model, { executionProviders: ['wasm'] });
    const feeds = { x: new Tensor('float32', x, [t.length, 1, 8, 8]), t: new Tensor('float32', t, [t.length]) };
    return (await session.run(feeds)).score.data;
  };
  await tell({ numbers: await numbers(lib, webBackend(), runModel) });
</script>`;

/** Serves the repository and the page until the page tells its result. */
async function inBrowser(program: string): Promise<Numbers> {
  const source = readFileSync(join(import.meta.dirname, 'children/in-browser.ts'), 'utf8');
  const script = typescript.transpile(source, {
    module: typescript.ModuleKind.ESNext,
    target: typescript.ScriptTarget.ES2023,
  });
  const made: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', page],
    '/in-browser.js': ['text/javascript', script],
  };
  let tell: (result: string) => void = () => undefined;
  const told = new Promise<string>((done) => (tell = done));
  const receive = async (request: IncomingMessage): Promise<void> => tell(await text(request));
  const server = createServer((request, response) => {
    const { url = '/', method } = request;
    if (method === 'POST') {
      void receive(request).then(() => response.end());
      return;
    }
    const [type, body] = made[url] ?? [];
    const file = join(root, url);
    if (body === undefined && !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': type ?? types[extname(url)] ?? 'text/plain' });
    response.end(body ?? readFileSync(file));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(
    program,
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions'],
      `--user-data-dir=${newFolder()}`,
      `http://127.0.0.1:${port}/`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const complaints = text(child.stderr);
  const ended = once(child, 'exit');
  try {
    const result = await Promise.race([told, ended.then(async () => JSON.stringify({ error: await complaints }))]);
    const { numbers: found, error } = JSON.parse(result) as { numbers?: Numbers; error?: string };
    if (found === undefined) throw new Error(error);
    return found;
  } finally {
    // The whole group: the processes that a browser starts write to its folder for a moment longer than it lives itself. The
    // last of them closes the pipe.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended;
    await complaints;
    server.close();
  }
}

/** Distance relative to the size. */
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...b.map((value, i) => value - (a[i] ?? NaN))) / Math.hypot(...b);

describe.skipIf(chromium === undefined)('the library in a browser (with Chromium, such as /usr/bin/chromium)', () => {
  it('trains, samples and computes scores as in Node', { timeout: 120_000 }, async () => {
    const runModel = async (
      model: Uint8Array,
      { x, t }: { x: Float32Array; t: Float32Array },
    ): Promise<Float32Array> => {
      const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
      const feeds = { x: new Tensor('float32', x, [t.length, 1, 8, 8]), t: new Tensor('float32', t, [t.length]) };
      const { score } = await session.run(feeds);
      await session.release();
      return score!.data as Float32Array;
    };
    const expected = await numbers(lib, nodeBackend({ threads: 1 }), runModel);
    const found = await inBrowser(chromium ?? '');
    // One evaluation: a few float32 roundings of 6e-8.
    expect(distance(found.score, expected.score)).toBeLessThan(2e-6);
    expect(distance(found.exported, found.score)).toBeLessThan(2e-6);
    expect(distance(found.exported, expected.exported)).toBeLessThan(2e-6);
    // Twenty steps and twenty evaluations, each of which carries the roundings of those before it.
    expect(distance(found.losses, expected.losses)).toBeLessThan(1e-5);
    expect(distance(found.params, expected.params)).toBeLessThan(1e-4);
    expect(distance(found.samples, expected.samples)).toBeLessThan(1e-4);
  });
});
