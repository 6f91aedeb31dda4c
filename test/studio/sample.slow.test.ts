/** @file The tab Sample in Chromium. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eightGaussians } from '../../src/data/sets/toy.ts';
import { finish } from '../../src/sample/sampler.ts';
import { race } from '../../src/studio/work/race.ts';
import { exactOf } from '../../src/studio/work/setting.ts';
import { chromium } from '../browser/chromium.ts';
import { patience, redPixels, seriousFaults, startStudio, tooWide, type Studio } from './page.ts';

const still = { reducedMotion: 'reduce' } as const;

describe.skipIf(chromium === undefined)('the tab Sample (with Chromium, such as /usr/bin/chromium)', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio();
  }, 120_000);
  afterAll(() => studio.close());

  it('races the samplers of its address, with the distances that Node finds, to the last digit that is seen', async () => {
    await using visit = await studio.open('#tab=sample&data=eight-gaussians&by=ddim,heun&nfe=12&t=1&seed=4', still);
    const { page, faults } = visit;
    const cells = page.locator('tbody tr td:nth-child(3)');
    await expect
      .poll(async () => (await cells.allTextContents()).join(), patience)
      .toMatch(/^[\d.]+ ± [\d.]+,[\d.]+ ± /);
    const law = eightGaussians();
    const score = exactOf({ law, sde: 'vp' }).score;
    const ask = { law, sde: 'vp', seed: 4, n: 1000, nfe: 12 } as const;
    const found = [
      await finish(race(score, { ...ask, sampler: 'ddim' })),
      await finish(race(score, { ...ask, sampler: 'heun' })),
    ];
    const expected = found.map(({ distance }) => `${distance.value.toFixed(3)} ± ${distance.standardError.toFixed(3)}`);
    expect((await cells.allTextContents()).slice(0, 2)).toEqual(expected);
    expect(await redPixels(page)).toBeGreaterThan(200);
    expect(faults).toEqual([]);
  });

  it('changes its samplers, evaluations and panes by the keys, and the address follows', async () => {
    await using visit = await studio.open('#tab=sample&data=eight-gaussians&by=ddim&t=1', still);
    const { page } = visit;
    const add = page.getByRole('button', { name: 'Add a pane' });
    // It can be pressed once the samplers are known.
    await expect.poll(() => add.isEnabled(), patience).toBe(true);
    await add.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url(), patience).toMatch(/by=ddim,[\w-]+/);
    await page.getByLabel('Pane 2').selectOption('unipc');
    await expect.poll(() => page.url(), patience).toMatch(/by=ddim,unipc/);
    await page.getByLabel('Evaluations').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url(), patience).toMatch(/nfe=21/);
    await page.getByRole('button', { name: 'Remove the last pane' }).click();
    await expect.poll(() => page.url(), patience).toMatch(/by=ddim&/);
  });

  it('races with the score of a network that learns here, forward and back, stops by the keys, and is saved as GIF', async () => {
    const address = '#tab=sample&race=ways&g=0.3,0,0.5,1&score=learned&width=16&goal=500&n=250&rate=0.01&t=0.5';
    await using visit = await studio.open(address, still);
    const { page, faults } = visit;
    await expect.poll(() => page.getByText('No network of these data yet.').count(), patience).toBe(3);
    await page.getByRole('button', { name: 'Learn one' }).focus();
    await page.keyboard.press('Enter');
    const row = page.locator('tbody tr', { hasText: 'flow, to the data, learned' });
    await expect.poll(() => row.textContent(), { timeout: 120_000 }).toMatch(/ ± /);
    const distance = Number((await row.locator('td').nth(1).textContent())?.match(/^[\d.]+/)?.[0]);
    // The noise itself is 0.4 away: E|z| of its spread of 1 less that of the data, which is 0.5.
    expect(distance).toBeLessThan(0.3);
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 120_000 }),
      page.getByRole('button', { name: 'Save GIF' }).click(),
    ]);
    const file = readFileSync(await download.path());
    const { pages = 0, width } = await sharp(file, { animated: true }).metadata();
    expect(pages).toBe(60);
    expect(width).toBeGreaterThan(200);
    // The first frame is noise and the last one data: they differ.
    const [first, last] = [0, 59].map((at) => sharp(file, { page: at }).raw().toBuffer());
    expect((await first)?.equals((await last) ?? Buffer.of())).toBe(false);
    await page.getByRole('button', { name: 'Draw again' }).press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('g');
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    expect(faults).toEqual([]);
  }, 300_000);

  it('has nothing serious for axe to find, light or dark, and fits into every width', async () => {
    await using visit = await studio.open('#tab=sample&t=1&by=ddim,pc', still);
    const { page } = visit;
    await page.getByRole('table').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
    }
    expect(await tooWide(page)).toEqual([]);
  });
});
