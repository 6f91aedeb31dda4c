/** @file The tab Sample in Chromium. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eightGaussians } from '../../src/data/sets/toy.ts';
import { finish } from '../../src/sample/sampler.ts';
import { race } from '../../src/studio/work/race.ts';
import { exactOf } from '../../src/studio/work/setting.ts';
import { chromium } from '../browser/chromium.ts';
import { patience, redPixels, seriousFaults, startStudio, type Studio } from './page.ts';

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

  it('has nothing serious for axe to find, light or dark, and fits into every width', async () => {
    await using visit = await studio.open('#tab=sample&t=1&by=ddim,pc', still);
    const { page } = visit;
    await page.getByRole('table').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
    }
    for (const width of [1280, 768, 390]) {
      await page.setViewportSize({ width, height: 844 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });
});
