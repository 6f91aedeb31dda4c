/** @file The noise levels of a few betas as grids: they are those of the chain of these betas, in every process. */
import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { ddpmTables } from '../../../src/sde/processes/discrete.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { wavegrad } from '../../../src/sde/processes/wavegrad.ts';
import { betaGrid, diffwaveBetas, wavegradBetas } from '../../../src/sde/time/beta-grid.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import { transition } from '../../../src/sde/transition.ts';

const schedules = [
  ['DiffWave', diffwaveBetas],
  ['WaveGrad', wavegradBetas],
] as const;

it.each(schedules)('five steps of %s and the denoising one are those of its six betas', (_, betas) => {
  const sde = wavegrad();
  const times = betaGrid(betas)(sde, 5);
  expect(times[0]).toBe(sde.tMax);
  // Time i stands behind beta 6 - i, so that a step from it removes beta 6 - i.
  for (let i = 1; i < 5; i++) {
    const { factor, variance } = transition(sde, { earlier: times[i + 1]!, later: times[i]! });
    const beta = betas[5 - i]!;
    // Times are found by bisection; the smallest variance is a difference of numbers of 1e-5.
    expect(factor).toBeCloseTo(Math.sqrt(1 - beta), 10);
    expect(variance / beta).toBeCloseTo(1, 5);
  }
});

it.each(schedules)(
  'the ratios of %s are those of its chain in every process, and in between for other numbers of steps',
  (_, betas) => {
    const { alphaBar } = ddpmTables(betas);
    const ratios = Array.from(alphaBar, (kept) => Math.sqrt((1 - kept) / kept)).reverse();
    for (const sde of [edm({ sigmaMin: 1e-4 }), vp({ tMin: 1e-9, tEnd: 1e-9 })]) {
      const times = betaGrid(betas)(sde, 5);
      times.slice(1).forEach((t, i) => expect(noiseRatio(sde, t) / ratios[i + 1]!).toBeCloseTo(1, 6));
      const double = betaGrid(betas)(sde, 10);
      expect(double).toHaveLength(11);
      times.forEach((t, i) => expect(double[2 * i]! / t).toBeCloseTo(1, 6));
      expect(double.every((t, i) => i === 0 || t < double[i - 1]!)).toBe(true);
    }
  },
);

it('the six betas of WaveGrad leave a noise of 0.27, those of DiffWave 0.79, before which pure noise stands', () => {
  const left = (betas: readonly number[]): number => Math.sqrt(1 - betas.reduce((kept, beta) => kept * (1 - beta), 1));
  expect(left(wavegradBetas)).toBeCloseTo(0.27, 2);
  expect(left(diffwaveBetas)).toBeCloseTo(0.79, 2);
});

it('a grid ends where sampling does, and refuses fewer than one step', () => {
  const sde = vp({ tEnd: 0.05 });
  const times = betaGrid(wavegradBetas)(sde, 5);
  expect(times.at(-1)).toBeCloseTo(sde.tEnd, 10);
  expect(() => betaGrid(wavegradBetas)(sde, 0)).toThrow(ConfigError);
  expect(() => betaGrid([0.1, 1])).toThrow(ConfigError);
});
