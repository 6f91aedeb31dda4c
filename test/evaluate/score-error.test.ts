import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { scoreError, type ScoreErrorAt } from '../../src/evaluate/score-error.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { allSdes } from '../sde/all.ts';

const std = 0.5;
const n = 400;
const keys = split(key(5), n);
const x0: Tensor = { shape: [n, 2], data: normalBatch(split(key(6), n), [2]).data.map((v) => std * v) };

describe.each(allSdes)('the error of a score under $kind', (sde) => {
  const { score: exact } = gaussian(sde, { mean: tensor([0, 0], [2]), std });
  const times = [sde.tEnd, 0.5 * sde.tEnd + 0.5 * sde.tMax, sde.tMax];
  const errorOf = (score: ScoreFn): Promise<readonly ScoreErrorAt[]> =>
    scoreError({ sde, score, exact, x0, keys, times });
  const scaled =
    (c: number): ScoreFn =>
    async (x, t) => {
      const s = await exact(x, t);
      return { shape: s.shape, data: s.data.map((v) => c * v) };
    };

  it('is zero for the exact one', async () => {
    for (const { rmse, relative } of await errorOf(exact))
      expect([rmse, relative]).toEqual([
        { value: 0, standardError: 0 },
        { value: 0, standardError: 0 },
      ]);
  });

  it('is known for its multiple c: |1 - c| / std_t, relative |1 - c| (n = 800 numbers, 4 standard errors)', async () => {
    const found = await errorOf(scaled(1.3));
    expect(found.map(({ t }) => t)).toEqual(times);
    for (const { t, sigma, rmse, relative } of found) {
      expect(sigma).toBe(sde.sigma(t));
      const spread = Math.hypot(sde.alpha(t) * std, sigma);
      expect(Math.abs(rmse.value - 0.3 / spread)).toBeLessThan(4 * rmse.standardError);
      // The mean of 2 n squares of unit normals has the variance 1 / n, and its root a quarter of it.
      expect((rmse.standardError * spread) / 0.3 / Math.sqrt(1 / (4 * n))).toBeGreaterThan(0.8);
      expect((rmse.standardError * spread) / 0.3 / Math.sqrt(1 / (4 * n))).toBeLessThan(1.25);
      expect(relative.value).toBeCloseTo(0.3, 12);
      expect(relative.standardError).toBeLessThan(1e-12);
    }
  });

  it('is relative 1 for a score of zero, and a constant vector for a constant error', async () => {
    for (const { relative } of await errorOf(scaled(0))) expect(relative.value).toBeCloseTo(1, 12);
    const off: ScoreFn = async (x, t) => {
      const s = await exact(x, t);
      return { shape: s.shape, data: s.data.map((v, i) => v + (i % 2 === 0 ? 0.3 : 0.4)) };
    };
    for (const { t, rmse, relative } of await errorOf(off)) {
      expect(rmse.value).toBeCloseTo(0.5 / Math.SQRT2, 9);
      expect(rmse.standardError).toBeLessThan(1e-9);
      const size = Math.SQRT2 / Math.hypot(sde.alpha(t) * std, sde.sigma(t));
      expect(Math.abs(relative.value - 0.5 / size)).toBeLessThan(4 * relative.standardError);
    }
  });
});

it('takes one key per sample, and a sample depends on its own alone', async () => {
  const sde = allSdes[1]!;
  const { score: exact } = gaussian(sde, { mean: tensor([0, 0], [2]), std });
  const seen: Float64Array[] = [];
  const watch: ScoreFn = (x, t) => {
    seen.push(x.data.slice(0, 2));
    return exact(x, t);
  };
  const first = tensor(x0.data.slice(0, 2), [1, 2]);
  await scoreError({ sde, score: watch, exact, x0, keys, times: [0.3] });
  await scoreError({ sde, score: watch, exact, x0: first, keys: keys.slice(0, 1), times: [0.3] });
  expect(seen[0]).toEqual(seen[1]);
  await expect(scoreError({ sde, score: exact, exact, x0, keys: keys.slice(1), times: [0.3] })).rejects.toThrow(
    ShapeError,
  );
});
