/** @file The experiments of the studio: their places open, and their numbers are those of the figures within both errors. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/node.ts';
import { experiments, placeAddress, placeName, placeOf } from '../../src/studio/experiments.ts';
import { readAddress, writeAddress } from '../../src/studio/state/address.ts';
import { chromium } from '../browser/chromium.ts';
import { patience, seriousFaults, startStudio, tooWide, type Studio } from './page.ts';
import {
  apart,
  distances,
  errorsOf,
  fisher,
  lastLevels,
  modeWeightsOfChains,
  threeWays,
  type Compared,
} from './figures.ts';
import { bitsOfKinds, heels } from './figures-of-models.ts';

/** Four standard errors: of some thirty numbers one is as far by chance once in five hundred runs of other seeds. */
function expectNear(all: readonly Compared[]): void {
  expect(all.length).toBeGreaterThan(0);
  expect(all.filter((one) => !(Math.abs(apart(one)) < 4))).toEqual([]);
}

describe('the places of the experiments', () => {
  const all = experiments.flatMap((own) => own.places.map((place, index) => ({ own, place, index })));

  it('are six experiments with a sentence or two of what to see, and a source', () => {
    expect(experiments).toHaveLength(6);
    for (const { claim, source, places } of experiments) {
      expect(claim).toMatch(/\.$/);
      expect(source).not.toMatch(/\.$/);
      for (const { see } of places) expect(see.length).toBeLessThan(260);
    }
  });

  it.each(all)('$own.name: $place.name is an address that the page reads and writes', ({ own, index }) => {
    const { state, notes } = readAddress(placeAddress(own, index));
    expect(notes).toEqual([]);
    expect(readAddress(`#${writeAddress(state)}`).state).toEqual(state);
    expect(state.exp).toBe(placeName(own, index));
    expect(placeOf(state.exp)).toMatchObject({ own: { name: own.name }, index });
  });

  it('are none under other names', () => {
    for (const name of ['', 'two-gaussians', 'two-gaussians.9', 'nothing.1']) expect(placeOf(name)).toBeUndefined();
  });
});

describe('the numbers of the experiments', () => {
  it('have the Fisher information of two Gaussians', async () => {
    expectNear(await fisher(1));
  });

  it('have the mode weights of plain and annealed chains, and the last levels that freeze and diverge', async () => {
    expectNear(await modeWeightsOfChains(1, 640));
    expectNear(await lastLevels(1, 320));
  }, 120_000);

  it('have the distances of samplers', async () => {
    expectNear(await distances(1));
  });

  it('have the laws and lengths of the three ways, and the flow comes back', async () => {
    const { compared, pValues, roundTrip, longer } = await threeWays(1, 600);
    expectNear(compared);
    // Twelve tests: the least of them is below 1e-4 once in eight hundred.
    expect(Math.min(...pValues)).toBeGreaterThan(1e-4);
    expect(roundTrip).toBeLessThan(1e-3);
    expect(longer).toBeGreaterThan(70);
  });

  it('have a score that clean points leave wrong by a third where there are none, and noise does not', async () => {
    const backend = nodeBackend({ threads: 1 });
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
    // A third of the steps of the place; the figure has 0.35 and 0.05, and 0.035 at noise 1.
    const [clean] = await errorsOf(backend, 1, { seed: 1, goal: 600, at: [1] });
    const [noisy] = await errorsOf(backend, 2, { seed: 1, goal: 600, at: [0.4753] });
    expect(Math.abs(mean(clean?.byDensity.slice(0, 6) ?? []) - 0.35)).toBeLessThan(0.12);
    expect(clean?.byDensity.at(-1)).toBeLessThan(0.12);
    expect(mean(noisy?.byDensity ?? [])).toBeLessThan(0.12);
  }, 120_000);
});

describe('the numbers of the experiments with a model', () => {
  const backend = nodeBackend({ threads: 1 });

  it('are those of the library at the same seed', async () => {
    const all = await heels(backend, 1, [1], { evals: 20 });
    expect(all).toHaveLength(4);
    for (const { page, figure } of all) expect(page.value).toBe(figure.value);
    const residual = (method: string): number =>
      all.find(({ name }) => name === `residual of samples by ${method}`)?.page.value ?? NaN;
    expect(residual('replacement')).toBe(0);
    // Variances of the method leave out what the network does not know of the noise.
    expect(residual('ddrm')).toBeGreaterThan(0.7);
    expect(residual('ddrm')).toBeLessThan(1.1);
  }, 120_000);

  it('have the bits of the library at the same seed, whichever pictures are solved together', async () => {
    const [gray] = await bitsOfKinds(backend, 1, [1], ['plain gray']);
    // Batches of other sizes round otherwise, and the tolerance of the solver makes 1e-4 of it at most.
    expect(gray?.page.value).toBeCloseTo(gray?.figure.value ?? NaN, 4);
  }, 120_000);
});

describe.skipIf(chromium === undefined)('the tab Experiments (with Chromium, such as /usr/bin/chromium)', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio();
  }, 120_000);
  afterAll(() => studio.close());

  it('opens a place, goes to the next and closes it by the keys, with nothing serious for axe, at every width', async () => {
    await using visit = await studio.open('', { reducedMotion: 'reduce' });
    const { page, faults } = visit;
    await page.getByRole('button', { name: 'Experiments' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /^Six experiments/ }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page)).toEqual([]);
    }
    expect(await tooWide(page)).toEqual([]);
    await page.getByRole('link', { name: 'noise 2' }).focus();
    await page.keyboard.press('Enter');
    const bar = page.getByRole('complementary', { name: 'Experiment: The score forgets weights' });
    await bar.waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await bar.getByRole('button', { name: 'noise 5' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url(), patience).toMatch(/exp=two-gaussians\.3/);
    await bar.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await bar.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });
});
