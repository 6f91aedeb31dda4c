/** @file The tabs of trained models in Chromium: they compute what the library computes in Node. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as data from '../../src/data.ts';
import * as root from '../../src/index.ts';
import * as likelihood from '../../src/likelihood.ts';
import * as node from '../../src/node.ts';
import { chromium } from '../browser/chromium.ts';
import { patience, programOf, seriousFaults, startStudio, tooWide, type Studio, type Visit } from './page.ts';
import { printed } from './printed.ts';

const still = { reducedMotion: 'reduce' } as const;
const entries = {
  scorefield: root,
  'scorefield/data': data,
  'scorefield/likelihood': likelihood,
  'scorefield/node': node,
};

/** What the program of a panel prints in Node; it writes no files here. */
async function inNode(page: Page): Promise<readonly (readonly unknown[])[]> {
  return printed((await programOf(page)).replaceAll(/^.*\.save\(.*$/gm, ''), entries);
}

async function axeAndWidths(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFaults(page)).toEqual([]);
  }
  expect(await tooWide(page)).toEqual([]);
}

describe.skipIf(chromium === undefined)(
  'trained models in the studio (with Chromium, such as /usr/bin/chromium)',
  () => {
    let studio: Studio;
    beforeAll(async () => {
      studio = await startStudio();
    }, 120_000);
    afterAll(() => studio.close());

    describe('the tab Restore', () => {
      let visit: Visit;
      beforeAll(async () => {
        visit = await studio.open('#tab=restore&picture=draw-3&task=superres&evals=20&seed=5', still);
      });
      afterAll(() => visit[Symbol.asyncDispose]());

      it('draws the posterior samples that its program draws in Node', async () => {
        const { page, faults, fetched } = visit;
        const mean = page.locator('.attempt figure', { hasText: 'mean' });
        await expect.poll(() => mean.textContent(), { timeout: 100_000 }).toMatch(/dB/);
        const [[method, evaluations, psnr]] = (await inNode(page)) as [[string, number, number]];
        expect(await page.locator('.attempt h2').textContent()).toContain(`${method} ${evaluations} evaluations each`);
        // Engines differ in the order of their sums; decibels are shown to a tenth.
        expect(Math.abs(Number((await mean.textContent())?.match(/[\d.]+(?= dB)/)?.[0]) - psnr)).toBeLessThan(0.15);
        await page.getByText(/Near the posterior/).waitFor();
        expect(fetched.filter((address) => !address.startsWith(studio.address))).toEqual([]);
        expect(faults).toEqual([]);
      }, 150_000);

      it('hides pixels by the keys alone, and stops by them', async () => {
        const { page } = visit;
        await page.getByRole('radio', { name: 'Holes' }).check();
        await page.getByRole('button', { name: 'Show all' }).click();
        await expect.poll(() => page.url(), patience).toMatch(/mask=_+/);
        const all = page.url();
        await page.getByRole('application', { name: /^Brush that hides pixels; row 15, column 15/ }).focus();
        await page.keyboard.press('ArrowRight');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press(' ');
        await page.getByRole('application', { name: /row 16, column 16/ }).waitFor();
        await page.getByRole('img', { name: /9 of 784 pixels are hidden/ }).waitFor();
        await expect.poll(() => page.url(), patience).not.toBe(all);
        await page.getByRole('button', { name: 'Stop' }).waitFor();
        await page.keyboard.press('g');
        await page.getByRole('button', { name: 'Restore', exact: true }).last().waitFor();
      });

      it('takes a picture of a file, and says of another file what is wrong', async () => {
        const { page } = visit;
        const open = page.getByLabel('Your own');
        await open.setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('nothing') });
        await page.getByText('x.png: expected a picture that this browser can read.').waitFor();
        const buffer = Buffer.from(
          node.encodePng({ width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 255, 255, 0) }),
        );
        await open.setInputFiles({ name: 'four.png', mimeType: 'image/png', buffer });
        await page.getByRole('img', { name: /^The picture: four\.png/ }).waitFor();
        await page.getByRole('button', { name: 'Stop' }).click();
      });

      it('has nothing serious for axe to find, light or dark, and fits into every width', async () => {
        await axeAndWidths(visit.page);
      });
    });

    describe('the tab Likelihood', () => {
      let visit: Visit;
      beforeAll(async () => {
        visit = await studio.open('#tab=likelihood&g=0.5,0.5,0.4,1&seed=3&cut=0.5', still);
      });
      afterAll(() => visit[Symbol.asyncDispose]());

      it('has the density of the law that its program has in Node', async () => {
        const { page, faults } = visit;
        const number = page.locator('.readout div', { hasText: 'of samples, law' }).locator('dd');
        await expect.poll(() => number.textContent(), patience).toMatch(/±/);
        const [[, mean], [, byFlow]] = (await inNode(page)) as [[string, number], [string, number]];
        expect(Number((await number.textContent())?.match(/^-?[\d.]+/)?.[0])).toBeCloseTo(mean, 1);
        expect(Math.abs(byFlow - mean)).toBeLessThan(0.05);
        expect(faults).toEqual([]);
      });

      it('judges pictures, one of them drawn by the keys, and stops by them', async () => {
        const { page, faults } = visit;
        await page.getByRole('radio', { name: 'Pictures' }).check();
        await page
          .getByRole('cell', { name: /^[1-9]\d? %$/ })
          .first()
          .waitFor({ timeout: 100_000 });
        await page.keyboard.press('g');
        await page.getByRole('button', { name: 'Compute' }).waitFor();
        await page.getByRole('application', { name: /^Pen; row 15/ }).focus();
        await page.keyboard.press(' ');
        await expect.poll(() => page.url(), patience).toMatch(/paint=/);
        await page.getByRole('button', { name: 'Stop' }).click();
        expect(faults).toEqual([]);
      }, 150_000);

      it('has nothing serious for axe to find, light or dark, and fits into every width', async () => {
        await axeAndWidths(visit.page);
      });
    });
  },
);
