/** @file The tab Runs in Chromium: folders of runs that grow. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import type { Json } from '../../src/base/json.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { toys } from '../../src/data/sets/toy.ts';
import { encodePng } from '../../src/plot/png.ts';
import { metricsWriter, type MetricsWriter } from '../../src/run/folder/metrics.ts';
import { createRun, samplesFolder } from '../../src/run/folder/run-folder.ts';
import { chromium } from '../browser/chromium.ts';
import { newFolder } from '../io/folders.ts';
import { patience, seriousFaults, startStudio, tooWide, type Studio } from './page.ts';

const still = { reducedMotion: 'reduce' } as const;

/** A run of 1000 steps of which 40 are done, with one picture. */
function newRun(name: string, learningRate: number): { readonly folder: string; readonly metrics: MetricsWriter } {
  const set = toys['two-moons'].draw(key(0), 100);
  const asked = { data: { ref: 'two-moons' }, train: { steps: 1000, batch: 64, learningRate } };
  const config = JSON.parse(JSON.stringify(resolveConfig(set, asked))) as Json;
  const run = createRun(join(newFolder(), name), { config, env: {} });
  const metrics = metricsWriter(run);
  for (let step = 1; step <= 40; step++)
    metrics.append({ step, loss: 1 / step, smoothedLoss: 1 / step, seconds: step });
  const levels = [0.1, 1, 10].map((noiseRatio) => ({ noiseRatio, error: 0.4, linear: 0.5 }));
  metrics.append({ step: 41, loss: 0.5, smoothedLoss: 0.5, seconds: 41, levels });
  mkdirSync(samplesFolder(run), { recursive: true });
  const picture = encodePng({ width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 90, 180, 255) });
  writeFileSync(join(samplesFolder(run), '00000041.png'), picture);
  return { folder: run.folder, metrics };
}

describe.skipIf(chromium === undefined)('the tab Runs (with Chromium, such as /usr/bin/chromium)', () => {
  let studio: Studio;
  const first = newRun('slow', 0.001);
  const second = newRun('fast', 0.01);
  beforeAll(async () => {
    studio = await startStudio([first.folder, second.folder]);
  }, 120_000);
  afterAll(async () => {
    first.metrics.close();
    second.metrics.close();
    await studio.close();
  });

  it('shows step, time left and samples, follows the training, and compares it with another by the keys', async () => {
    await using visit = await studio.open('#tab=runs', still);
    const { page, faults } = visit;
    const readout = page.locator('.standing').first();
    await expect.poll(() => readout.textContent(), patience).toMatch(/step41loss0\.500samples a second64.*left16 min/);
    await page.getByRole('img', { name: 'Samples of slow after 41 steps' }).waitFor();
    await page.getByRole('img', { name: 'Relative error by noise level: step 41, best linear score' }).waitFor();
    first.metrics.append({ step: 500, loss: 0.25, smoothedLoss: 0.25, seconds: 500 });
    await expect.poll(() => readout.textContent(), patience).toMatch(/50 %step500loss0\.250/);
    await page.getByLabel('Compare with').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByText('What differs in configuration: 1').waitFor();
    expect(await page.locator('details table').textContent()).toContain('train.learningRate0.0010.01');
    await expect.poll(() => page.url(), patience).toMatch(/runs=0,1/);
    expect(faults).toEqual([]);
  });

  it('has nothing serious for axe to find, light or dark, and fits into every width', async () => {
    await using visit = await studio.open('#tab=runs&runs=0,1', still);
    const { page } = visit;
    await page.getByText('What differs in configuration').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
    }
    expect(await tooWide(page)).toEqual([]);
  });
});
