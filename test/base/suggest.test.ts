import { expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/base/suggest.ts';

const known = ['pc', 'heun', 'ddim', 'dpm-solver-2m', 'dpm-solver-2s', 'dpm-solver-sde', 'sub-vp', 've', 'vp', 'v'];

it.each([
  ['dpm-solver2m', 'dpm-solver-2m'],
  ['DPM_Solver_2M', 'dpm-solver-2m'],
  ['dpm-slover-2s', 'dpm-solver-2s'],
  ['dpm', 'dpm-solver-2m'],
  ['subVp', 'sub-vp'],
  ['huen', 'heun'],
  ['dim', 'ddim'],
])('%s stands for %s', (typed, meant) => {
  expect(nearest(typed, known)).toBe(meant);
  expect(didYouMean(typed, known)).toBe(`; did you mean ${meant}?`);
});

it.each(['', 'x', 'fastest', 'unet', 'toString', '!!'])('%j is near to none', (typed) => {
  expect(nearest(typed, known)).toBeUndefined();
  expect(didYouMean(typed, known)).toBe('');
});
