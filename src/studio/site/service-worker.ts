/**
 * @file The service worker of the site: it keeps the page and its engine for when there is no network. With one, the server's own answers
 * are shown, so that a new version of the site is never behind an old one. It makes the page isolated too, which threads need, where the
 * server sends no headers for it. The local server has none: it is there whenever its page is, and another program may have its port later.
 */

/** The files of the site by their addresses in it; the build writes them when all are there. */
declare const siteFiles: SiteFiles;
interface SiteFiles {
  /** Changes with any of them. */
  readonly version: string;
  /** Those that the page needs without a network, with what the bytes of each must be. */
  readonly kept: Readonly<Record<string, string>>;
  /** Models, pictures and other engines, which are kept when they are first used. */
  readonly keptOnUse: readonly string[];
}

// TypeScript knows either pages or workers of services.
interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(kind: 'install' | 'activate', act: (event: Lasting) => void): void;
  addEventListener(kind: 'fetch', act: (event: Fetching) => void): void;
}
const worker = globalThis as unknown as Scope;

const { scope } = worker.registration;
/** Other sites of the same host have caches beside these. */
const prefix = `scorefield studio ${scope} `;
const own = prefix + siteFiles.version;

const addressOf = (file: string): string => new URL(file, scope).href;

/** A file of this version: from a cache that has it, or from the server if that has this version too. */
async function file(path: string, integrity: string): Promise<Response> {
  for (const other of (await caches.keys()).filter((name) => name.startsWith(prefix))) {
    const found = await (await caches.open(other)).match(addressOf(path));
    if (found?.headers.get('x-integrity') === integrity) return found;
  }
  const answer = await fetch(addressOf(path), { cache: 'no-cache', integrity });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const headers = new Headers(answer.headers);
  headers.set('x-integrity', integrity);
  return new Response(answer.body, { headers });
}

async function install(): Promise<void> {
  const cache = await caches.open(own);
  await Promise.all(
    Object.entries(siteFiles.kept).map(async ([path, integrity]) =>
      cache.put(addressOf(path), await file(path, integrity)),
    ),
  );
}

/** Pages of the version before are closed when this is called. */
async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== own);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The answer with the headers of an isolated page; redirections are the browser's own. */
function isolated(answer: Response): Response {
  if (answer.type === 'opaqueredirect' || answer.redirected || answer.status === 304) return answer;
  const headers = new Headers(answer.headers);
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-embedder-policy', 'require-corp');
  headers.set('cross-origin-resource-policy', 'same-origin');
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

async function answer(request: Request, lasting: Fetching): Promise<Response> {
  const path = new URL(request.url).href.slice(scope.length).replace(/[?#].*/s, '') || 'index.html';
  const cache = await caches.open(own);
  const kept = (): Promise<Response | undefined> => cache.match(addressOf(path));
  // The address of these names their content.
  const found = path.startsWith('assets/') ? await kept() : undefined;
  if (found !== undefined) return isolated(found);
  try {
    const fresh = await fetch(request);
    if (fresh.status === 200 && siteFiles.keptOnUse.includes(path))
      lasting.waitUntil(cache.put(addressOf(path), fresh.clone()));
    return isolated(fresh);
  } catch (error) {
    const old = await kept();
    if (old === undefined) throw error;
    return isolated(old);
  }
}

worker.addEventListener('install', (event) => {
  event.waitUntil(install());
});
worker.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && request.url.startsWith(scope)) event.respondWith(answer(request, event));
});

// TypeScript would take a file without this for a script whose names all files see.
export {};
