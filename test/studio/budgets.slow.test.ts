/** @file What the page may cost its visitor, in counts, bytes and time of the processor, which other programs do not change. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainedFromBytes } from '../../src/model/model-bytes.ts';
import { portableSha256 } from '../../src/base/sha256.ts';
import { modelBox, modelFileName } from '../../src/run/model-box.ts';
import { chromium } from '../browser/chromium.ts';
import { longestOf, tasksOf } from './main-thread.ts';
import { patience, startStudio, type Studio } from './page.ts';

/** Milliseconds of the processor that the fastest of ten runs of each takes, in turns, so that a slow moment of the machine is one of all. */
function fastest(...works: readonly (() => unknown)[]): readonly number[] {
  const ms = (work: () => unknown): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const rounds = Array.from({ length: 10 }, () => works.map(ms));
  return works.map((_, i) => Math.min(...rounds.map((round) => round[i] ?? NaN)));
}

it('opens a model in less than the time of hashing its bytes three times', () => {
  const bytes = readFileSync(join(modelBox(), 'fashion-mnist', modelFileName));
  // The hash, 10 ms of a processor of today in plain loops, says how fast this one is.
  const [opening = NaN, hashing = NaN] = fastest(
    () => trainedFromBytes(bytes, 'fashion-mnist'),
    () => portableSha256(bytes),
  );
  expect(opening).toBeLessThan(3 * hashing);
});

describe.skipIf(chromium === undefined)('the budgets of the studio (with Chromium, such as /usr/bin/chromium)', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio();
  }, 120_000);
  afterAll(() => studio.close());

  it('leaves the main thread free: no task of 50 ms while it opens, plays, learns, races and opens a model', async () => {
    const { browser } = studio;
    await using visit = await studio.open('#tab=runs');
    const { page, faults } = visit;
    const busiest = async (act: () => Promise<unknown>): Promise<number> =>
      longestOf(await tasksOf(browser, page, act));
    // What is compiled while it is loaded is compiled once; a cold processor is not the page's.
    const opening = async (): Promise<void> => {
      await page.goto('about:blank');
      await page.goto(`${studio.address}#width=16`);
      await expect.poll(() => page.locator('.stage canvas').count(), patience).toBe(1);
      await page.waitForTimeout(1000);
    };
    expect(Math.min(await busiest(opening), await busiest(opening), await busiest(opening))).toBeLessThan(50);
    await page.keyboard.press('2');
    await page.getByRole('button', { name: 'Slow' }).waitFor();
    const learning = await busiest(async () => {
      await page.keyboard.press('l');
      await page.getByText(/^It rests after 1000 steps/).waitFor({ timeout: 100_000 });
    });
    expect(learning).toBeLessThan(50);
    const racing = await busiest(async () => {
      await page.keyboard.press('3');
      await expect.poll(() => page.getByText(/distance \d/).count(), patience).toBeGreaterThanOrEqual(4);
    });
    expect(racing).toBeLessThan(50);
    const restoring = await busiest(async () => {
      await page.keyboard.press('4');
      await page.getByRole('button', { name: 'Restore', exact: true }).last().waitFor();
      await page.waitForTimeout(1500);
    });
    expect(restoring).toBeLessThan(50);
    expect(faults).toEqual([]);
  });
});
