/** @file Errors of predicted noise by level: the closed form of an exact score, a level that is bad, and a gap to the training. */
import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { linearErrors } from '../../src/evaluate/linear-score.ts';
import {
  isAboveZero,
  levelReport,
  memorizesFrom,
  noiseErrors,
  noiseLevels,
  type LevelReport,
} from '../../src/evaluate/noise-levels.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { ddpm } from '../../src/sde/processes/ddpm.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { allSdes } from '../sde/all.ts';

const n = 50;
const stds = [1, 0.2, 0.05];
const x0 = tensor(
  normalBatch(split(key(1), n), [3]).data.map((v, i) => stds[i % 3]! * v),
  [n, 3],
);
const z = normalBatch(split(key(2), n), [3]);
const linear = linearErrors(
  { mean: new Float64Array(3), matrix: Float64Array.from([1, 0, 0, 0, 0.04, 0, 0, 0, 0.0025]), shrinkage: 0 },
  { x0, z },
);

describe.each(allSdes)('noise levels of $kind', (sde) => {
  const { score } = gaussian(sde, { mean: tensor([0, 0, 0], [3]), std: tensor(stds, [3]) });
  const levels = noiseLevels(sde, 8);
  const reports = async (own: ScoreFn, seen?: ScoreFn): Promise<readonly LevelReport[]> =>
    Promise.all(
      levels.map(async (level) =>
        levelReport({
          ...level,
          network: await noiseErrors({ sde, score: own }, { x0, z }, level.t),
          linear: linear(level.noiseRatio),
          empirical: new Float64Array(n).fill(1e3),
          training: seen && (await noiseErrors({ sde, score: seen }, { x0, z }, level.t)),
        }),
      ),
    );
  /** A score whose predicted noise is too large or too small by a part of it where a level is. */
  const off =
    (factor: number, at: (ratio: number) => boolean): ScoreFn =>
    async (x, t) => {
      const s = await score(x, t);
      return at(noiseRatio(sde, t as number)) ? { ...s, data: s.data.map((v) => factor * v) } : s;
    };

  it('rise evenly in the logarithm from tEnd to tMax, or are those of the model', () => {
    expect(levels[0]!.noiseRatio).toBeCloseTo(noiseRatio(sde, sde.tEnd), 9);
    expect(levels.at(-1)!.t).toBe(sde.tMax);
    if (sde.levels !== undefined) for (const { t } of levels) expect(sde.levels).toContain(t);
    else {
      const steps = levels.slice(1).map((level, i) => Math.log(level.noiseRatio / levels[i]!.noiseRatio));
      expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(1e-6);
    }
  });

  it('have the ceiling as the error of the exact score of Gaussian data, sample by sample', async () => {
    for (const { excess, ceiling } of await reports(score)) {
      expect(ceiling).toBe('linear');
      // At the smallest levels sigma s + z cancels to about 1e-5 of z.
      expect(Math.abs(excess.value)).toBeLessThan(1e-7);
      expect(excess.standardError).toBeLessThan(1e-7);
    }
  });

  it('show the one at which a score is bad', async () => {
    const bad = levels[5]!.noiseRatio;
    // Elsewhere the ratio is 1 but for rounding.
    const found = (await reports(off(0.5, (ratio) => ratio === bad))).filter(
      ({ excess }) => isAboveZero(excess) && excess.value > 1e-7,
    );
    expect(found.map(({ noiseRatio: ratio }) => ratio)).toEqual([bad]);
  });

  it('show from where on a score is better on samples that it knows', async () => {
    const below = levels[3]!.noiseRatio;
    const known = await reports(
      score,
      off(0.5, (ratio) => ratio < below),
    );
    expect(memorizesFrom(known)).toBeUndefined();
    const knows: ScoreFn = async (x, t) => {
      const exact = { ...x, data: z.data.map((v) => -v / sde.sigma(t as number)) };
      return noiseRatio(sde, t as number) <= below ? exact : score(x, t);
    };
    expect(memorizesFrom(await reports(score, knows))).toBe(below);
  });
});

describe('statistics of a level', () => {
  it('are paired: the noise that both errors share leaves no error in their ratio', () => {
    const shared = Float64Array.from({ length: 40 }, (_, i) => 1 + (i % 7));
    const { excess, network, ceiling } = levelReport({
      ...{
        t: 1,
        noiseRatio: 1,
        network: shared.map((v) => 1.1 * v),
        linear: shared,
        empirical: shared.map((v) => 2 * v),
      },
    });
    expect(ceiling).toBe('linear');
    expect(excess.value).toBeCloseTo(0.1, 12);
    expect(excess.standardError).toBeLessThan(1e-12);
    expect(network.standardError).toBeGreaterThan(0.3);
  });

  it('take the smaller mean for the ceiling', () => {
    const one = { t: 1, noiseRatio: 1, network: Float64Array.of(1, 1) };
    const report = levelReport({ ...one, linear: Float64Array.of(2, 4), empirical: Float64Array.of(4, 1) });
    expect([report.ceiling, report.excess.value]).toEqual(['empirical', 1 / 2.5 - 1]);
  });

  it('are of levels that differ, where a discrete model has few', () => {
    const few = noiseLevels(ddpm({ betas: [0.1, 0.2, 0.9] }), 16);
    expect(few.length).toBeLessThanOrEqual(3);
    expect(new Set(few.map(({ t }) => t)).size).toBe(few.length);
  });
});
