/** @file The tab Bridge in Chromium, by the keys alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as bridge from '../../src/bridge.ts';
import * as data from '../../src/data.ts';
import * as root from '../../src/index.ts';
import { chromium } from '../browser/chromium.ts';
import { patience, programOf, redPixels, seriousFaults, startStudio, tooWide, type Studio } from './page.ts';
import { printed } from './printed.ts';

const entries = { scorefield: root, 'scorefield/bridge': bridge, 'scorefield/data': data };

describe.skipIf(chromium === undefined)('the tab Bridge (with Chromium, such as /usr/bin/chromium)', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio();
  }, 120_000);
  afterAll(() => studio.close());

  it('carries one set onto another as its program does in Node, is changed by the keys, and fits into every width', async () => {
    await using visit = await studio.open('#data=two-moons&pairs=100&t=0.5&seed=4', { reducedMotion: 'reduce' });
    const { page, faults } = visit;
    await page.keyboard.press('6');
    const rows = page.locator('.readout div');
    const shown = async (name: string): Promise<string> =>
      (await rows.filter({ hasText: name }).locator('dd').textContent()) ?? '';
    await expect.poll(() => shown('entropy'), patience).toMatch(/ nats$/);
    const [[, squaredDistance, , entropy]] = (await printed(await programOf(page), entries)) as [
      [string, number, string, number],
    ];
    // The last digit that is seen; engines may differ in the last bits of exp.
    expect(Math.abs(Number(await shown('squared distance')) - squaredDistance)).toBeLessThan(1e-4);
    expect(Math.abs(Number.parseFloat(await shown('entropy')) - entropy)).toBeLessThan(1e-3);
    await expect.poll(() => redPixels(page), patience).toBeGreaterThan(200);

    await page.getByRole('radio', { name: '0.1', exact: true }).focus();
    for (const eps of ['0.3', '1', '0']) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.url(), patience).toContain(`eps=${eps}`);
    }
    // The assignment: one end for each start.
    await expect.poll(() => shown('entropy'), patience).toBe(`${Math.log(100).toFixed(3)} nats`);
    await page.getByText('Without noise there is no drift to draw').waitFor();
    const before = await shown('squared distance');
    expect(Number(before)).toBeLessThan(squaredDistance);
    await page.getByRole('radio', { name: 'A to B' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url(), patience).toContain('way=backward');
    await page.getByRole('button', { name: 'Draw again' }).press('Enter');
    await expect.poll(() => shown('squared distance'), patience).not.toBe(before);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Home');
    await page
      .getByRole('slider', { name: 'From A to B' })
      .and(page.locator('[aria-valuetext="time 0.000"]'))
      .waitFor();

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
    }
    expect(await tooWide(page)).toEqual([]);
    expect(faults).toEqual([]);
  }, 60_000);
});
