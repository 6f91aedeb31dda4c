/** @file Draws the pictures of docs/studio.md: the tabs of the studio as it is built, in Chromium: `npx tsx scripts/make-studio-images.ts [NAME...]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { trainRun } from '../src/node/train-run.ts';
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
    hash: '#tab=restore&picture=draw-14&methods=ddrm,replacement&evals=100',
    act: async (page) => {
      await page.getByRole('button', { name: 'Restore', exact: true }).last().waitFor({ timeout: 240_000 });
      await page
        .getByText(/Residual of the samples/)
        .nth(1)
        .waitFor({ timeout: 240_000 });
    },
  },
  likelihood: {
    hash: '#tab=likelihood&data=two-moons&cut=0.5',
    act: async (page) => {
      await page.getByText(/±/).first().waitFor({ timeout: 120_000 });
    },
  },
  bridge: {
    hash: '#tab=bridge&data=two-moons&to=spirals&t=0.5',
    act: async (page) => {
      await page
        .getByText(/ nats$/)
        .first()
        .waitFor({ timeout: 60_000 });
    },
  },
  runs: {
    hash: '#tab=runs',
    act: async (page) => {
      await page.getByText('samples', { exact: false }).first().waitFor({ timeout: 60_000 });
    },
  },
};

const asked = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'studio-runs-'));
const runs = asked.length === 0 || asked.includes('runs') ? ['edm', 'vp'].map((sde) => [sde, join(folder, sde)]) : [];
for (const [process = '', out = ''] of runs) {
  const settings = { train: { sampleEvery: 1000, logEvery: 50 } };
  await trainRun('two-moons', { process, steps: 3000, threads: 1, settings, out });
}
const studio = await startStudio(runs.map(([, out = '']) => out));
for (const [name, { hash, act }] of Object.entries(pictures)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { page } = await studio.open(hash, { reducedMotion: 'reduce', viewport: { width: 1280, height: 860 } });
  await act?.(page);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: resolve(import.meta.dirname, `../docs/images/studio-${name}.png`) });
  console.log(name);
}
await studio.close();
rmSync(folder, { recursive: true });
