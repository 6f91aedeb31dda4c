/** @file The site of the studio under a path of a plain server of files, without a network after the first visit, and with a newer version. */
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeServiceWorker } from '../../scripts/studio-site.ts';
import { chromium } from '../browser/chromium.ts';
import { newFolder } from '../io/folders.ts';
import { patience, redPixels } from './page.ts';

const types: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' },
  ...{ '.svg': 'image/svg+xml', '.json': 'application/json', '.wasm': 'application/wasm' },
};
const at = '/people/me/studio/';

/** A server as most are: types, compression, and no other header. */
async function plainServer(folder: string, port = 0): Promise<{ server: Server; port: number; close: () => void }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    const file = join(folder, path.slice(at.length) || 'index.html');
    if (!path.startsWith(at) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end('none');
      return;
    }
    const small = statSync(file).size < 1e6;
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    if (small) response.setHeader('content-encoding', 'gzip');
    response.end(small ? gzipSync(readFileSync(file), { level: 1 }) : readFileSync(file));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { server, port: (server.address() as AddressInfo).port, close };
}

/** The state of the worker that keeps the site: what is active, and what waits for the pages of the version before. */
const kept = (page: Page): Promise<readonly [string | undefined, string | undefined]> =>
  page.evaluate(`navigator.serviceWorker.getRegistration().then((own) => [own?.active?.state, own?.waiting?.state])`);

describe.skipIf(chromium === undefined)('the site of the studio (with Chromium, such as /usr/bin/chromium)', () => {
  const folder = newFolder();
  let browser: Browser;
  let context: BrowserContext;
  let served: Awaited<ReturnType<typeof plainServer>>;
  let address = '';
  const faults: string[] = [];
  const fetched: string[] = [];

  const open = async (hash = ''): Promise<Page> => {
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('request', (request) => fetched.push(request.url()));
    await page.goto(address + hash);
    await page.locator('canvas, .picture').first().waitFor();
    return page;
  };

  beforeAll(async () => {
    await build({
      configFile: resolve(import.meta.dirname, '../../vite.studio.config.ts'),
      mode: 'site',
      logLevel: 'error',
      build: { outDir: folder },
    });
    served = await plainServer(folder);
    address = `http://127.0.0.1:${served.port}${at}`;
    browser = await playwright.launch({
      executablePath: chromium ?? 'chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    context = await browser.newContext({ reducedMotion: 'reduce' });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    served.close();
  });

  it('trains and samples under a path without a network after the first visit, as an isolated page', async () => {
    const first = await open();
    await expect.poll(() => kept(first), patience).toEqual(['activated', undefined]);
    expect(fetched.filter((own) => !own.startsWith(address))).toEqual([]);
    await first.close();
    served.close();
    const page = await open('#tab=learn&g=0.5,0.5,0.4,1&width=16&rate=0.01');
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    await page.getByRole('button', { name: 'Slow' }).waitFor();
    await page.keyboard.press('l');
    const step = page.locator('.readout div', { hasText: 'step' }).locator('dd').first();
    await expect.poll(async () => Number(await step.textContent()), patience).toBeGreaterThan(20);
    await page.keyboard.press('l');
    await page.keyboard.press('3');
    await expect.poll(() => redPixels(page), patience).toBeGreaterThan(100);
    await page.keyboard.press('1');
    await page.reload();
    await expect.poll(() => redPixels(page), patience).toBeGreaterThan(1000);
    // A model that was never used is not there, and the page says so.
    await page.goto(`${address}#tab=restore`);
    await page
      .getByText(/Failed to fetch|cannot be fetched/)
      .first()
      .waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });

  it('shows a newer version at once, and keeps it when the pages of the older one are closed', async () => {
    const describe = (text: string): void => {
      const file = join(folder, 'index.html');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/(name="description" content=")[^"]*/, `$1${text}`));
    };
    const seen = (page: Page): Promise<string> => page.evaluate(`document.querySelector('[name=description]').content`);
    describe('newer');
    await writeServiceWorker(folder);
    served = await plainServer(folder, served.port);
    const page = await open();
    expect(await seen(page)).toBe('newer');
    await expect.poll(() => kept(page), patience).toEqual(['activated', 'installed']);
    // What differs alone is fetched anew: the engine is taken from what is kept.
    served.close();
    await page.reload();
    expect(await seen(page)).not.toBe('newer');
    await page.close();
    const next = await open();
    await expect.poll(async () => (await next.reload(), seen(next)), patience).toBe('newer');
    // Files that are not those of its list are not kept.
    describe('half of an upload');
    served = await plainServer(folder, served.port);
    writeFileSync(join(folder, 'service-worker.js'), `${readFileSync(join(folder, 'service-worker.js'), 'utf8')}\n//`);
    await next.reload();
    expect(await seen(next)).toBe('half of an upload');
    await next.waitForTimeout(500);
    served.close();
    await next.reload();
    expect(await seen(next)).toBe('newer');
    expect(faults).toEqual([]);
  });
});
