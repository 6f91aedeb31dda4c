/** @file The studio as it is built before the tests, served as the command serves it, in one Chromium for all tests of a file. */
import { chromium as playwright, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { serveFiles, type FileServer } from '../../src/node/file-server.ts';
import { studioFiles } from '../../src/node/studio-files.ts';
import { firstOf, runFiles } from '../../src/node/studio-runs.ts';
import { chromium } from '../browser/chromium.ts';
import { resolve } from 'node:path';

/** A page of the studio, with what went wrong in it and what it asked of whom. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts and of the console. */
  readonly faults: readonly string[];
  /** Addresses that were fetched. */
  readonly fetched: readonly string[];
}

/** A running studio. */
export interface Studio {
  /** The built page. */
  readonly folder: string;
  readonly address: string;
  readonly browser: Browser;
  open(hash?: string, options?: BrowserContextOptions): Promise<Visit>;
  close(): Promise<void>;
}

/**
 * Serves the page and starts the browser.
 * @param runs - folders of the runs that it shows
 */
export async function startStudio(runs: readonly string[] = []): Promise<Studio> {
  const server: FileServer = await serveFiles(firstOf(runFiles(runs), studioFiles().files));
  const browser: Browser = await playwright.launch({
    executablePath: chromium ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-timer-throttling'],
  });
  return {
    folder: resolve(import.meta.dirname, '../../dist/studio'),
    address: server.address,
    browser,
    open: async (hash = '', options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, ...options });
      const page = await context.newPage();
      const faults: string[] = [];
      const fetched: string[] = [];
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      page.on('request', (request) => fetched.push(request.url()));
      await page.goto(server.address + hash);
      await page.locator('canvas, .picture').first().waitFor();
      return { page, faults, fetched, [Symbol.asyncDispose]: () => context.close() };
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** The program of a panel, "The same in Node". */
export async function programOf(page: Page): Promise<string> {
  await page.getByText('The same in Node').click();
  return (await page.locator('pre code').textContent()) ?? '';
}

/** Pixels of the first canvas that are more red than blue by far, as particles are and no density is. */
export async function redPixels(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('.stage canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] > 150 && data[i] - data[i + 2] > 80) found++;
    return found;
  })()`);
}

/** How long a poll may take: browsers of a busy machine are slow. */
export const patience = { timeout: 30_000 };

/** What axe finds that is serious or critical: the rule and the elements. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  const { readFileSync } = await import('node:fs');
  const source = readFileSync(resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');
  // By the debugger, as the policy of the page allows no scripts but its own.
  await page.evaluate(source);
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`);
}

/** The widths, from a screen to a phone, at which a page is wider than its window. */
export async function tooWide(page: Page): Promise<readonly number[]> {
  const found: number[] = [];
  for (const width of [1280, 768, 390]) {
    await page.setViewportSize({ width, height: 844 });
    if (Number(await page.evaluate('document.documentElement.scrollWidth')) > width) found.push(width);
  }
  return found;
}
