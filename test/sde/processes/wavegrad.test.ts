/** @file WaveGrad: all levels between the steps of a chain, drawn part by part, and given to the network as they are. */
import { expect, it } from 'vitest';
import { linearBetas } from '../../../src/sde/processes/discrete.ts';
import { epsilonOfLevel } from '../../../src/sde/learning/parametrization.ts';
import { segmentTimes } from '../../../src/sde/learning/weighting.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { wavegrad } from '../../../src/sde/processes/wavegrad.ts';
import { noiseLevel } from '../../../src/sde/time/noise-ratio.ts';

/** l_s: the square root of the product of 1 - beta of s steps. */
const levels = linearBetas({ betaMin: 1e-3, betaMax: 10 }).reduce<number[]>(
  (all, beta) => [...all, (all.at(-1) ?? 1) * Math.sqrt(1 - beta)],
  [1],
);

it('the betas are 1e-6 to 0.01 in 1,000 steps, at which the process has the levels of the chain', () => {
  const betas = linearBetas({ betaMin: 1e-3, betaMax: 10 });
  expect([betas[0], betas.at(-1)]).toEqual([1e-6, 0.01]);
  const sde = wavegrad();
  for (const s of [1, 2, 10, 500, 999, 1000]) expect(sde.alpha(s / 1000)).toBeCloseTo(levels[s]!, 12);
  expect(sde.levels).toBeUndefined();
});

it('training draws a step of the chain, each as likely, and a level evenly between its two', () => {
  const sde = wavegrad();
  const times = segmentTimes(sde);
  for (const s of [2, 3, 100, 700, 1000])
    for (const part of [0.001, 0.25, 0.5, 0.999]) {
      const level = sde.alpha(times((s - 1 + part) / 1000));
      const expected = levels[s - 1]! + part * (levels[s]! - levels[s - 1]!);
      // Levels near 1 are as exact as the noise, the root of their difference from 1.
      expect(level).toBeCloseTo(expected, 9);
    }
});

it('the mean of the drawn levels is that of the middles of the steps', () => {
  const sde = wavegrad();
  const times = segmentTimes(sde, { segments: 1000 });
  const n = 4000;
  const mean = Array.from({ length: n }, (_, i) => sde.alpha(times((i + 0.5) / n))).reduce((a, b) => a + b, 0) / n;
  const middles = levels.slice(1).reduce((sum, level, i) => sum + (level + levels[i]!) / 2, 0) / 1000;
  expect(mean).toBeCloseTo(middles, 8);
});

it('the network reads 5,000 times the level, which every process has', () => {
  const [own, exploding] = [wavegrad(), ve()];
  expect(epsilonOfLevel()(own).label(0.3)).toBeCloseTo(5000 * own.alpha(0.3), 8);
  const t = 0.5;
  expect(noiseLevel(exploding, t)).toBeCloseTo(1 / Math.sqrt(1 + exploding.sigma(t) ** 2), 12);
  expect(epsilonOfLevel({ levelScale: 2 })(exploding).label(t)).toBeCloseTo(2 * noiseLevel(exploding, t), 12);
  expect(epsilonOfLevel()(own).out(0.3)).toBe(-1 / own.sigma(0.3));
});
