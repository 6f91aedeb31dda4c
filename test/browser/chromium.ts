/** @file Pages in Chromium without a window: a server of files and made pages, and what the pages tell it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/** The program, such as that of Debian's package `chromium`. */
export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** What is served under an address: the files of a folder, some of them made, with headers on each. */
export interface Site {
  /** Address that its paths begin with, `/` first and last. */
  readonly at: string;
  readonly folder: string;
  readonly made?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A script of a page that tells what happens in it: a value, or what was thrown. */
export const telling = `<script>
  globalThis.tell = (result) =>
    fetch('/result', { method: 'POST', body: JSON.stringify({ page: location.pathname, ...result }) });
  addEventListener('unhandledrejection', ({ reason }) => tell({ error: String(reason?.message ?? reason) }));
  // A script that cannot be loaded has no message, and is seen on its way down alone.
  addEventListener('error', ({ message, target }) => tell({ error: message ?? 'cannot load ' + target.src }), true);
</script>`;

/** Milliseconds within which pages tell something. */
const patience = 100_000;

/** What a page tells. */
export interface Told<T> {
  readonly value?: T;
  readonly error?: string;
}

/** Opens pages at once, until each of them has sent something, and returns that by their addresses. */
export async function visit<T>(
  sites: readonly Site[],
  pages: readonly string[],
  flags: readonly string[] = [],
): Promise<Readonly<Record<string, Told<T>>>> {
  const told: Record<string, Told<T>> = {};
  let finish: () => void = () => undefined;
  const all = new Promise<void>((done) => (finish = done));
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { page, ...result } = JSON.parse(await text(request)) as Told<T> & { page: string };
    told[page] ??= result as Told<T>;
    response.end();
    if (pages.every((one) => one in told)) finish();
  };
  // Without a window, one page is all that a command line may open.
  const launcher = `<!doctype html><script>for (const page of ${JSON.stringify(pages)}) open(page);</script>`;
  const server = createServer((request, response) => {
    if (request.method === 'POST') void receive(request, response);
    else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(launcher);
    else serve(sites, request.url ?? '/', response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const profile = mkdtempSync(join(tmpdir(), 'scorefield-chromium-'));
  const child = spawn(
    chromium ?? 'chromium',
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions'],
      ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-popup-blocking'],
      ...flags,
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${port}/`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const complaints = text(child.stderr);
  const ended = once(child, 'exit');
  try {
    const silent = pause(patience, undefined, { ref: false }).then(() => {
      throw new Error(`expected a word of ${pages.filter((page) => !(page in told)).join(', ')}, heard nothing`);
    });
    await Promise.race([all, silent, ended.then(async () => Promise.reject(new Error(await complaints)))]);
    return told;
  } finally {
    // The whole group: the processes that a browser starts write to its folder for a moment longer than it lives itself. The
    // last of them closes the pipe.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended.catch(() => undefined);
    await complaints;
    rmSync(profile, { recursive: true, force: true });
    server.close();
  }
}

function serve(sites: readonly Site[], url: string, response: ServerResponse): void {
  const path = decodeURIComponent(url.replace(/[?#].*/s, ''));
  // The most particular one.
  const [site] = sites.filter(({ at }) => path.startsWith(at)).toSorted((a, b) => b.at.length - a.at.length);
  const name = path.slice(site?.at.length ?? 0) || 'index.html';
  const file = site && join(site.folder, name);
  const body =
    site?.made?.[name] ?? (file && existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined);
  if (body === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain', ...site?.headers });
  response.end(body);
}
