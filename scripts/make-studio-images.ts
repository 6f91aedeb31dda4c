/** @file Draws the pictures of docs/studio.md: the tabs of the studio as it is built, in Chromium: `npx tsx scripts/make-studio-images.ts [NAME...]`. */
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { redPixels, startStudio } from '../test/studio/page.ts';

/** Each with its address, and what is done before it is seen. */
const pictures: Readonly<Record<string, { readonly hash: string; readonly act?: (page: Page) => Promise<void> }>> = {
  field: {
    hash: '#t=0.7',
    act: async (page) => {
      while ((await redPixels(page)) < 1000) await page.waitForTimeout(200);
    },
  },
  learn: {
    hash: '#tab=learn&data=two-moons&t=0.75',
    act: async (page) => {
      await page.keyboard.press('l');
      await page.getByText(/^It rests after/).waitFor({ timeout: 300_000 });
      await page.getByText('Error on noisy data').waitFor({ timeout: 60_000 });
    },
  },
  sample: {
    hash: '#tab=sample&data=eight-gaussians&t=1',
    act: async (page) => {
      await page.getByRole('button', { name: 'Run', exact: true }).waitFor({ timeout: 120_000 });
    },
  },
  experiments: { hash: '#tab=experiments' },
  restore: {
    hash: '#tab=restore&picture=draw-14&methods=ddrm,replacement',
    act: async (page) => {
      await page.getByRole('button', { name: 'Restore', exact: true }).last().waitFor({ timeout: 240_000 });
      await page
        .getByText(/Residual of the samples/)
        .nth(1)
        .waitFor({ timeout: 240_000 });
    },
  },
};

const asked = process.argv.slice(2);
const studio = await startStudio();
for (const [name, { hash, act }] of Object.entries(pictures)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { page } = await studio.open(hash, { reducedMotion: 'reduce', viewport: { width: 1280, height: 860 } });
  await act?.(page);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: resolve(import.meta.dirname, `../docs/images/studio-${name}.png`) });
  console.log(name);
}
await studio.close();
