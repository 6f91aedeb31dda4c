/** @file The tab Learn in Chromium: training in the engine's worker. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium } from '../browser/chromium.ts';
import { patience, seriousFaults, startStudio, tooWide, type Studio, type Visit } from './page.ts';

const still = { reducedMotion: 'reduce' } as const;

/** The number of a readout. */
async function readout(page: Page, name: string): Promise<number> {
  const text = await page
    .locator('.readout div', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .textContent();
  return Number(text?.replace(/[>%\s]/g, ''));
}

describe.skipIf(chromium === undefined)('the tab Learn (with Chromium, such as /usr/bin/chromium)', () => {
  let studio: Studio;
  let visit: Visit;
  beforeAll(async () => {
    studio = await startStudio();
    // A small network and a law of one Gaussian learn in a few steps.
    visit = await studio.open('#tab=learn&g=0.5,0.5,0.4,1&width=16&rate=0.01&t=0.6', still);
    await visit.page.getByRole('button', { name: 'Slow' }).waitFor();
  }, 120_000);
  afterAll(async () => {
    await visit[Symbol.asyncDispose]();
    await studio.close();
  });

  it('learns by the key L, with a loss that falls towards the floor of the exact score', async () => {
    const { page } = visit;
    await page.keyboard.press('l');
    await expect.poll(() => readout(page, 'step'), { timeout: 100_000 }).toBeGreaterThan(150);
    await page.keyboard.press('l');
    await page.getByText(/^It rests after \d+ steps/).waitFor();
    expect(await readout(page, 'loss')).toBeLessThan(0.45);
    await expect.poll(() => readout(page, 'error on data'), patience).toBeLessThan(80);
    expect(visit.faults).toEqual([]);
  });

  it('rests until it is stepped, and takes one step', async () => {
    const { page } = visit;
    const before = await readout(page, 'step');
    await page.waitForTimeout(300);
    expect(await readout(page, 'step')).toBe(before);
    await page.getByRole('button', { name: 'Step' }).click();
    await expect.poll(() => readout(page, 'step'), patience).toBe(before + 1);
  });

  it('goes on with another rate and another choice of noise levels, and begins anew with another width', async () => {
    const { page } = visit;
    const before = await readout(page, 'step');
    await page.getByRole('radio', { name: '0.001', exact: true }).check();
    await page.getByRole('radio', { name: 'one level' }).check();
    await page.getByRole('button', { name: 'Step' }).click();
    await expect.poll(() => readout(page, 'step'), patience).toBeGreaterThan(before);
    await page.getByRole('radio', { name: '32' }).check();
    await expect.poll(() => readout(page, 'step'), patience).toBe(0);
    await page.getByRole('radio', { name: '16' }).check();
    await page.getByRole('radio', { name: 'every level' }).check();
  });

  it('explains a step in its phases, until it is paused', async () => {
    const { page } = visit;
    await page.getByRole('button', { name: 'Slow' }).click();
    for (const phase of [/^1\. Take points/, /^2\. Add noise/, /^3\. The network predicts/])
      await page.getByText(phase).waitFor();
    await page.keyboard.press('l');
    await page.getByText(/^Blue arrows are learned/).waitFor();
  });

  it('ends its training at a reset, and learns anew', async () => {
    const { page } = visit;
    await page.keyboard.press('l');
    await expect.poll(() => readout(page, 'step'), patience).toBeGreaterThan(5);
    await page.keyboard.press('r');
    await expect.poll(() => readout(page, 'step'), patience).toBe(0);
    await page.waitForTimeout(500);
    expect(await readout(page, 'step')).toBe(0);
    await page.getByRole('button', { name: 'Step' }).click();
    await expect.poll(() => readout(page, 'step'), patience).toBe(1);
  });

  it('has nothing serious for axe to find, light or dark, and fits into every width', async () => {
    const { page } = visit;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
    }
    expect(await tooWide(page)).toEqual([]);
  });

  it('says what computes, which is the processor where a graphics processor is chosen that is not there', async () => {
    const { page } = visit;
    expect(await page.locator('.engine').textContent()).toMatch(
      /^Networks are computed on the processor, by one thread/,
    );
    await page.evaluate(`localStorage.setItem('device', 'graphics')`);
    await page.reload();
    await page.getByText(/computed on the processor/).waitFor();
    expect(await page.evaluate(`localStorage.getItem('device')`)).toBe('processor');
    await page.keyboard.press('4');
    // This page is isolated.
    await page.getByText(/on the processor, by (one thread|\d threads)/).waitFor();
  });
});
