/** @file The tab Field in Chromium. */
import { gzipSync } from 'node:zlib';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium } from '../browser/chromium.ts';
import { patience, redPixels, seriousFaults, startStudio, tooWide, type Studio } from './page.ts';

const still = { reducedMotion: 'reduce' } as const;

describe.skipIf(chromium === undefined)('the tab Field (with Chromium, such as /usr/bin/chromium)', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio();
  }, 120_000);
  afterAll(() => studio.close());

  const size = (file: string): number =>
    gzipSync(readFileSync(join(studio.folder, 'assets', file)), { level: 9 }).length;
  const bytes = (name: RegExp): number =>
    readdirSync(join(studio.folder, 'assets'))
      .filter((file) => name.test(file))
      .reduce((sum, file) => sum + size(file), 0);

  it('needs 100 kB of scripts for the engine', () => {
    expect(bytes(/^engine-worker.*\.js$/)).toBeLessThan(100_000);
    expect(bytes(/\.css$/)).toBeLessThan(6000);
  });

  it('draws particles without the engine in 40 kB of scripts, asks nobody else for anything, and breaks no rule of its policy', async () => {
    await using visit = await studio.open('', still);
    const { page, fetched, faults } = visit;
    await expect.poll(() => redPixels(page), patience).toBeGreaterThan(1000);
    expect(fetched.filter((address) => !address.startsWith(studio.address))).toEqual([]);
    expect(fetched.filter((address) => /engine|ort|race|model/.test(address))).toEqual([]);
    const scripts = new Set(fetched.filter((address) => address.endsWith('.js')).map((address) => basename(address)));
    expect(scripts.size).toBeGreaterThan(1);
    expect([...scripts].reduce((sum, name) => sum + size(name), 0)).toBeLessThan(40_000);
    expect(faults).toEqual([]);
  });

  it('stands still where movement is not welcome, and else runs from noise to data', async () => {
    await using quiet = await studio.open('', still);
    await using lively = await studio.open('', {});
    const clock = (page: typeof quiet.page): Promise<string> => page.getByLabel('From noise to data').inputValue();
    expect(await clock(quiet.page)).toBe('0.8');
    await expect.poll(() => clock(lively.page), patience).not.toBe('0.8');
    await lively.page.getByRole('button', { name: 'Pause' }).click();
    const before = await clock(lively.page);
    await lively.page.waitForTimeout(200);
    expect(await clock(lively.page)).toBe(before);
  });

  it('is driven by the keys alone, and the address follows', async () => {
    await using visit = await studio.open('#t=0.5', still);
    const { page } = visit;
    const clock = page.getByLabel('From noise to data');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => clock.inputValue(), patience).toBe('0.508');
    await page.keyboard.press('Home');
    expect(await clock.inputValue()).toBe('0');
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    // The data are radio buttons: from the Gaussians to the right.
    await page.getByRole('radio', { name: 'Gaussians to drag' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url(), patience).toMatch(/data=two-moons/);
    await page.keyboard.press('2');
    await expect.poll(() => page.url(), patience).toMatch(/tab=learn/);
    await page.keyboard.press('1');
    await expect.poll(() => page.url(), patience).not.toMatch(/tab=/);
  });

  it('shifts and spreads a Gaussian by the keys and by the pointer', async () => {
    await using visit = await studio.open('#g=0,0,0.3,1&t=1', still);
    const { page } = visit;
    const handle = page.getByRole('button', { name: /^Gaussian 1 at/ });
    await handle.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('+');
    await expect.poll(() => page.url(), patience).toMatch(/g=0\.1,0\.1,0\.345,1/);
    const box = await page.locator('.stage canvas').boundingBox();
    if (box === null) throw new Error('expected a canvas');
    const at = (u: number): number => (u / 3 + 1) / 2;
    await handle.hover();
    await page.mouse.down();
    await page.mouse.move(box.x + at(1.5) * box.width, box.y + at(0) * box.height, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.url(), patience).toMatch(/g=1\.(49|5)\d*,-?0(\.0\d*)?,0\.345,1/);
  });

  it('takes points that are drawn, and those of a file, whose faults it names', async () => {
    await using visit = await studio.open('#data=drawn&t=1', still);
    const { page } = visit;
    const box = await page.locator('.stage canvas').boundingBox();
    if (box === null) throw new Error('expected a canvas');
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 300, { steps: 20 });
    await page.mouse.up();
    await expect.poll(() => page.url(), patience).toMatch(/p=[\w-]{20,}/);
    await page.getByText(/^\d+ of 256 points/).waitFor();
    await page.getByText('Save numbers').waitFor();
    const open = page.getByLabel('Open .npy or .csv');
    await open.setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from('x,y\n0,1\n2,3\n4,4\n') });
    await page.getByText(/^3 of 256 points/).waitFor();
    await open.setInputFiles({ name: 'three.csv', mimeType: 'text/csv', buffer: Buffer.from('1,2,3\n') });
    expect(await page.getByRole('alert').textContent()).toMatch(/three\.csv: expected points of two numbers each/);
  });

  it('says what of an address it ignores, and shows the rest', async () => {
    await using visit = await studio.open('#data=two-moons&seed=banana', still);
    expect(await visit.page.getByRole('status').first().textContent()).toMatch(
      /seed=banana .* was ignored: expected a whole number/,
    );
    expect(await visit.page.getByRole('radio', { name: 'two moons' }).isChecked()).toBe(true);
  });

  it('has nothing serious for axe to find, light or dark, and fits into every width', async () => {
    await using visit = await studio.open('', still);
    const { page } = visit;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
    }
    expect(await tooWide(page)).toEqual([]);
  });
});
