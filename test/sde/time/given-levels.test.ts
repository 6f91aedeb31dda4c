/** @file Noise levels that are given one by one, as a time grid. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { givenLevels } from '../../../src/sde/time/given-levels.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import { karrasGrid } from '../../../src/sde/time/time-grid.ts';
import { beginningAt } from '../../../src/sde/time/discrete-times.ts';
import { allSdes } from '../all.ts';

it.each(allSdes)('of a grid that there is are its times: $kind', (sde) => {
  const times = karrasGrid()(sde, 6);
  const again = givenLevels(times.map((t) => noiseRatio(sde, t)))(sde, 6);
  expect(again[0]).toBe(sde.tMax);
  again.forEach((t, i) => expect(t).toBeCloseTo(times[i]!, 12));
});

it('may be rounded, and may end above tEnd', () => {
  expect(givenLevels([79.6, 10, 0.5])(edm(), 2)).toEqual([80, 10, 0.5]);
});

it('below a later beginning are what is left of them', () => {
  expect(givenLevels([80, 10, 0.5])(beginningAt(edm(), 3), 2)).toEqual([3, 0.5]);
});

describe('what is no grid is one sentence', () => {
  it.each([
    [[], 2, 'expected two or more noise levels above 0, each below the last, got none'],
    [[80], 0, 'expected two or more noise levels above 0, each below the last, got 80'],
    [[80, 5, 5], 2, 'expected two or more noise levels above 0, each below the last, got 80,5,5'],
    [[80, 0], 1, 'expected two or more noise levels above 0, each below the last, got 80,0'],
    [[80, NaN], 1, 'expected two or more noise levels above 0, each below the last, got 80,NaN'],
    [[80, 5, 1], 3, 'expected 4 noise levels for 3 steps, got 3'],
    [[40, 5, 1], 2, 'expected a first noise level of 80, where edm ends, got 40'],
    [[80, 5, 0.001], 2, 'expected noise levels of at least 0.002, where sampling of edm ends, got 0.001'],
  ])('%j in %d steps', (levels, steps, sentence) => {
    expect(() => givenLevels(levels)(edm(), steps)).toThrow(new ConfigError([{ path: 'grid', message: sentence }]));
  });
});
