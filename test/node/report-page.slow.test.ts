/** @file The page of a report in a browser, wide and narrow. */
import { chromium as playwright } from 'playwright-core';
import { expect, it } from 'vitest';
import { reportPage } from '../../src/node/report-page.ts';
import { chromium } from '../browser/chromium.ts';
import { seriousFaults } from '../studio/page.ts';

const wide =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 400" width="920" height="400"><text y="20">a</text></svg>';
const html = reportPage({
  title: 'Report of a run',
  facts: [['trained by', 'npx scorefield train emoji --conditional --steps 5000 --out runs/a-long-name']],
  sections: [
    { title: 'Errors', text: ['Of 128 samples.'], picture: { image: wide, shows: 'errors' } },
    {
      title: 'Metrics',
      table: {
        head: ['', 'samples', 'real samples', 'expected'],
        rows: [['FD of endlessly many samples', '0.000024 ± 0.000016', '-0.000033 ± 0.000010', '0.635']],
      },
    },
    { title: 'Again', code: `npx scorefield report runs/a-long-name ${'--and-more '.repeat(9)}` },
  ],
});

it.skipIf(chromium === undefined)(
  'fits the screen, and axe finds nothing serious (skipped without Chromium)',
  { timeout: 60_000 },
  async () => {
    await using browser = await playwright.launch({
      executablePath: chromium!,
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const page = await browser.newPage();
    for (const width of [1280, 390])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 820 });
        await page.emulateMedia({ colorScheme });
        await page.setContent(html);
        expect(await seriousFaults(page)).toEqual([]);
        // Pictures and tables scroll within themselves, if at all; the table of metrics does not.
        const [own, table] = await page.evaluate<readonly number[]>(
          '[document.documentElement.scrollWidth, document.querySelector(".wide").scrollWidth]',
        );
        expect(own).toBe(width);
        expect(table).toBeLessThanOrEqual(width);
      }
  },
);
