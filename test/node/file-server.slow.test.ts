/** @file The server of the studio, asked by sockets what no browser asks. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostsOf, serveFiles, type FileServer, type ServedFile } from '../../src/node/file-server.ts';
import { modelNames } from '../../src/run/model-box.ts';
import { studioFiles } from '../../src/node/studio-files.ts';
import { newFolder } from '../io/folders.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = (body: string, about: Partial<ServedFile> = {}): ServedFile => ({
  ...{ body: Buffer.from(body), type: 'text/html; charset=utf-8', tag: `"${body.length}"`, immutable: false },
  ...about,
});
const files = new Map([
  ['/', file('<p>page')],
  ['/index.html', file('<p>page')],
  ['/assets/a.js', file('1', { type: 'text/javascript; charset=utf-8', immutable: true })],
]);

let server: FileServer;
let port = 0;
beforeAll(async () => {
  server = await serveFiles(files);
  port = Number(new URL(server.address).port);
});
afterAll(() => server.close());

/** What comes back for bytes as they are. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes.replaceAll('\n', '\r\n').replaceAll('PORT', String(port)));
  return text(socket);
}

const status = (answer: string): string => answer.split(' ')[1] ?? '';
const get = (path: string, host = '127.0.0.1:PORT', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\nHost: ${host}\nConnection: close\n\n`;

describe('the server of the studio', () => {
  it('serves its files with their types, to be kept where the address names the content', async () => {
    const page = await raw(get('/?from=here'));
    expect(page).toMatch(/^HTTP\/1\.1 200 /);
    expect(page).toMatch(/content-type: text\/html; charset=utf-8/);
    expect(page).toMatch(/cache-control: no-cache/);
    expect(page).toMatch(/<p>page$/);
    expect(await raw(get('/assets/a.js', 'localhost:PORT'))).toMatch(
      /cache-control: public, max-age=31536000, immutable/,
    );
    const head = await raw(get('/', undefined, 'HEAD'));
    expect(head).toMatch(/^HTTP\/1\.1 200 [^]*content-length: 7[^]*\r\n\r\n$/);
    expect(status(await raw('GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nIf-None-Match: "7"\nConnection: close\n\n'))).toBe(
      '304',
    );
  });

  it.each([get('/'), get('/none'), get('/', 'evil.example'), get('/', undefined, 'POST')])(
    'isolates the page and names what it may load, on every answer',
    async (bytes) => {
      const answer = await raw(bytes);
      expect(answer).toMatch(/content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
      expect(answer).toMatch(/frame-ancestors 'none'/);
      expect(answer).toMatch(/cross-origin-opener-policy: same-origin/);
      expect(answer).toMatch(/cross-origin-embedder-policy: require-corp/);
      expect(answer).toMatch(/cross-origin-resource-policy: same-origin/);
      expect(answer).toMatch(/x-content-type-options: nosniff/);
      expect(answer).toMatch(/referrer-policy: no-referrer/);
      expect(answer).not.toMatch(/access-control/);
    },
  );

  it.each([
    ['/../package.json', '404'],
    ['/%2e%2e/package.json', '404'],
    ['/..%2fpackage.json', '404'],
    ['//etc/passwd', '404'],
    ['/..%5cpackage.json', '404'],
    ['/%00', '404'],
    ['/%ff%fe', '404'],
    ['/index.html/', '404'],
    ['/.git/config', '404'],
    ['/assets/', '404'],
    ['/__proto__', '404'],
    ['http://127.0.0.1/index.html', '404'],
    ['*', '404'],
  ])('finds nothing at %s', async (path, expected) => {
    expect(status(await raw(get(path)))).toBe(expected);
  });

  it.each([
    ['of another name', 'GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n', '403'],
    ['of another port', 'GET / HTTP/1.1\nHost: 127.0.0.1:1\nConnection: close\n\n', '403'],
    ['that is empty', 'GET / HTTP/1.1\nHost:\nConnection: close\n\n', '403'],
    ['twice', 'GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nHost: evil.example\nConnection: close\n\n', '403'],
    ['that is missing', 'GET / HTTP/1.1\nConnection: close\n\n', '400'],
    ['that is missing as before 1.1', 'GET / HTTP/1.0\n\n', '403'],
  ])('refuses a host %s', async (_, bytes, expected) => {
    expect(status(await raw(bytes))).toBe(expected);
  });

  it('takes names without a port for the port of http alone', () => {
    expect(hostsOf(80)).toEqual(['127.0.0.1:80', 'localhost:80', '127.0.0.1', 'localhost']);
    expect(hostsOf(8080)).toEqual(['127.0.0.1:8080', 'localhost:8080']);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const answer = await raw(get('/', undefined, method));
    expect(status(answer)).toBe('405');
    expect(answer).toMatch(/allow: GET, HEAD/);
  });

  it('refuses long headers and what is no request', async () => {
    expect(status(await raw(`GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nX: ${'x'.repeat(20_000)}\n\n`))).toBe('431');
    expect(status(await raw('nonsense\n\n'))).toBe('400');
  });

  it('answers a thousand requests of a hundred clients', async () => {
    const clients = Array.from({ length: 100 }, async () => {
      let right = 0;
      for (let i = 0; i < 10; i++) {
        const asked = request({ port, host: '127.0.0.1', path: '/', agent: false }).end();
        const [answer] = (await once(asked, 'response')) as [Parameters<typeof text>[0] & { statusCode?: number }];
        if ((await text(answer)) === '<p>page' && answer.statusCode === 200) right++;
      }
      return right;
    });
    expect((await Promise.all(clients)).reduce((a, b) => a + b, 0)).toBe(1000);
  });

  it('answers or refuses each of a thousand clients at once, and the next one', async () => {
    const clients = Array.from({ length: 1000 }, async () => {
      const socket = connect(port, '127.0.0.1');
      socket.write(get('/').replaceAll('\n', '\r\n').replaceAll('PORT', String(port)));
      return text(socket).catch(() => '');
    });
    const answers = await Promise.all(clients);
    const whole = answers.filter((answer) => status(answer) === '200' && answer.endsWith('<p>page'));
    expect(answers.filter((answer) => answer !== '' && !whole.includes(answer))).toEqual([]);
    expect(whole.length).toBeGreaterThanOrEqual(256);
    expect(status(await raw(get('/')))).toBe('200');
  });

  it('closes the connections of clients that take nothing of their answer', async () => {
    const large = new Map([['/', file('x'.repeat(2 ** 25))]]);
    await using own = await serveFiles(large, { idleMs: 500 });
    const socket = connect(Number(new URL(own.address).port), '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write(`GET / HTTP/1.1\r\nHost: ${new URL(own.address).host}\r\n\r\n`);
    await pause(1500);
    // What was on its way is read now, and then the end.
    let bytes = 0;
    socket.on('data', (part) => (bytes += part.length)).resume();
    const ended = await Promise.race([
      once(socket, 'close').then(() => 'closed'),
      pause(10_000, 'open', { ref: false }),
    ]);
    expect(ended).toBe('closed');
    expect(bytes).toBeLessThan(2 ** 25);
  });

  it('closes the connections of clients that never finish their headers, and serves others meanwhile', async () => {
    const slow = Array.from({ length: 50 }, (): Socket => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.write('GET / HTTP/1.1\r\nHost: ');
      return socket;
    });
    const closed = Promise.all(slow.map((socket) => once(socket, 'close')));
    expect(status(await raw(get('/')))).toBe('200');
    const ended = await Promise.race([closed.then(() => 'closed'), pause(10_000).then(() => 'open')]);
    expect(ended).toBe('closed');
  });

  it('says that a port is in use', async () => {
    await expect(serveFiles(files, { port })).rejects.toThrow(
      /expected a port that can be used, .* in use .*EADDRINUSE/,
    );
  });
});

describe('the files of the studio', () => {
  it('are those of its folder, without hidden ones, and of the engine', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'assets'));
    mkdirSync(join(folder, '.vite'));
    writeFileSync(join(folder, 'index.html'), 'page');
    writeFileSync(join(folder, 'assets/a.js'), 'script');
    writeFileSync(join(folder, '.vite/manifest.json'), '{}');
    const { files: found, hasEngine } = studioFiles(folder);
    expect(hasEngine).toBe(true);
    const own = [...found.keys()].filter((name) => !/^\/(ort|models)\//.test(name)).sort();
    expect(own).toEqual(['/', '/assets/a.js', '/emoji/names.json', '/emoji/pictures.rgb', '/index.html']);
    const models = [...found.keys()].filter((name) => name.startsWith('/models/')).sort();
    expect(models).toEqual(
      [
        ...modelNames()
          .filter((name) => !name.endsWith('-features'))
          .map((name) => `/models/${name}.safetensors`),
        '/models/index.json',
      ].sort(),
    );
    expect(found.get('/assets/a.js')).toMatchObject({ type: 'text/javascript; charset=utf-8', immutable: true });
    expect(found.get('/ort/ort-wasm-simd-threaded.wasm')).toMatchObject({ type: 'application/wasm', immutable: false });
  });

  it('are missed in one sentence', () => {
    expect(() => studioFiles(join(newFolder(), 'none'))).toThrow(
      /the page of the studio is not built; `npm run studio`/,
    );
    expect(() => studioFiles(newFolder())).toThrow(/found no index\.html/);
  });
});
