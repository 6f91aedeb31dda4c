/** @file A server of files by their addresses to programs on this machine alone. No path is made of what is asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../base/errors.ts';
import { systemProblem } from '../base/system-problem.ts';

/** A file that is served. */
export interface ServedFile {
  readonly body: Uint8Array;
  /** Its media type. */
  readonly type: string;
  /** Changes with the content. */
  readonly tag: string;
  /** Whether its address names its content, so that it need not be asked for again. */
  readonly immutable: boolean;
}

/** The files that are served; what is asked for is looked up as it is. */
export interface ServedFiles {
  /** The file of an address such as `/index.html`, as it is now; what it throws is the answer. */
  get(address: string): ServedFile | undefined;
}

/** A running server. */
export interface FileServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/` */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** What the page may load and run: its own files, WebAssembly, pictures that it makes, and nothing from elsewhere. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** On every answer. Isolation from other pages is what threads need. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy': `${pagePolicy}; frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Bytes of headers, milliseconds for them, for a request and without a byte of an answer that is taken, and connections at a time. */
const limits = { headerBytes: 8192, headersMs: 5000, requestMs: 10_000, idleMs: 30_000, connections: 256 };

/**
 * Serves files on 127.0.0.1 to requests that name this machine as their host: a page of another site whose name was made to point here
 * names that site.
 * @param files - by their addresses, such as a map
 * @param options.port - 0 for one that is free
 * @param options.idleMs - after so many milliseconds a connection is closed that has taken and sent nothing; 30 000 by default
 * @throws ConfigError if the port cannot be used.
 */
export async function serveFiles(
  files: ServedFiles,
  { port = 0, idleMs = limits.idleMs }: { readonly port?: number; readonly idleMs?: number } = {},
): Promise<FileServer> {
  const server = createServer({ maxHeaderSize: limits.headerBytes, connectionsCheckingInterval: 1000 });
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = limits.requestMs;
  server.maxConnections = limits.connections;
  server.timeout = idleMs;
  await listening(server, port);
  const { port: own } = server.address() as AddressInfo;
  const hosts = hostsOf(own);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, { files, hosts });
  });
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return { address: `http://127.0.0.1:${own}/`, close, [Symbol.asyncDispose]: close };
}

/** How requests name this machine and a port; browsers leave out the port of http. */
export function hostsOf(port: number): readonly string[] {
  const names = ['127.0.0.1', 'localhost'];
  return [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `expected a port that can be used, got ${port}: ${systemProblem(cause)}`;
      reject(new ConfigError([{ path: 'port', message }]));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function answer(
  { method, url = '', rawHeaders, headers: given }: IncomingMessage,
  response: ServerResponse,
  { files, hosts }: { readonly files: ServedFiles; readonly hosts: readonly string[] },
): void {
  const end = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end(method === 'HEAD' ? undefined : `${text}\n`);
  };
  const named = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
  if (named !== 1 || !hosts.includes(given.host ?? '')) {
    end(403, `expected a request for ${hosts.join(' or ')}`);
    return;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    end(405, 'expected GET or HEAD');
    return;
  }
  let file: ServedFile | undefined;
  try {
    file = files.get(url.replace(/\?.*/s, ''));
  } catch (error) {
    end(500, error instanceof Error ? error.message : String(error));
    return;
  }
  if (file === undefined) {
    end(404, 'there is nothing at this address');
    return;
  }
  const { body, type, tag, immutable } = file;
  response.setHeader('etag', tag);
  response.setHeader('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (given['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  response.end(method === 'HEAD' ? undefined : body);
}
