import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { map } from '../../src/base/arith.ts';
import { takeRows, tensor } from '../../src/base/tensor.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import type { SamplerStepOf } from '../../src/sample/sampler-step.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish } from '../../src/sample/sampler.ts';
import { empirical } from '../../src/sde/exact/empirical.ts';
import { quadraticGrid, uniformGrid } from '../../src/sde/time/time-grid.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { allSdes } from '../sde/all.ts';
import { affineCorrector, grid, predictors, type KnownMove } from './all.ts';
import {
  after,
  dataMean,
  dataStd,
  denoising,
  gaussianScore,
  marginal,
  momentsOf,
  type Moments,
} from './gaussian-case.ts';

const steps = 30;

/** Moments of the samples, from those of the prior by the affine recursion of the sampler. */
function expectedMoments(
  sde: (typeof allSdes)[number],
  { predictor, corrector, n = steps }: { predictor: KnownMove; corrector?: KnownMove | undefined; n?: number },
): Moments {
  let m: Moments = { mean: 0, variance: sde.priorStd ** 2 };
  const times = grid(sde, n);
  times.slice(1).forEach((to, i) => {
    const from = times[i]!;
    if (corrector) m = after(m, corrector.law(sde, from, from), marginal(sde, from));
    m = after(m, predictor.law(sde, from, to), marginal(sde, from));
  });
  return after(m, denoising(sde, sde.tEnd), marginal(sde, sde.tEnd));
}

const cases = predictors.flatMap((predictor) =>
  [undefined, affineCorrector].map((corrector) => ({
    predictor,
    corrector,
    name: `${predictor.name}, ${corrector?.name ?? 'no corrector'}`,
  })),
);

describe.each(allSdes)('samples of Gaussian data by $kind', (sde) => {
  it.each(cases)(
    '$name: moments of the exact recursion (n = 4000, 5 standard errors)',
    async ({ predictor, corrector }) => {
      const sampler = predictorCorrector({
        predictor: predictor.step,
        ...(corrector && { corrector: corrector.step }),
        steps,
        grid,
      });
      const n = 4000;
      const score = gaussianScore(sde, 10);
      const { x } = await finish(sampler({ sde, score, shape: [10], keys: split(key(31), n / 10) }));
      const actual = momentsOf(x.data);
      const expected = expectedMoments(sde, { predictor, corrector });
      // The samples are exactly Gaussian: standard errors sqrt(V / n) and V sqrt(2 / n).
      expect(Math.abs(actual.mean - expected.mean)).toBeLessThan(5 * Math.sqrt(expected.variance / n));
      expect(Math.abs(actual.variance - expected.variance)).toBeLessThan(5 * expected.variance * Math.sqrt(2 / n));
    },
  );

  it.each(cases)('$name: the recursion reaches the moments of the data with many steps', ({ predictor, corrector }) => {
    const expected = expectedMoments(sde, { predictor, corrector, n: 4000 });
    // Left are the discretization bias of order 1 / steps, and the Gaussian at tEnd denoised to a variance of
    // dataStd^4 / (dataStd^2 + ratio^2), which differs from dataStd^2 by less than 1e-3.
    expect(expected.mean).toBeCloseTo(dataMean, 1.6);
    expect(Math.abs(expected.variance / dataStd ** 2 - 1)).toBeLessThan(0.03);
  });
});

describe('the order of steps', () => {
  it('is the corrector at t_i, then the predictor from t_i to t_{i+1}, each with keys of its own', async () => {
    const calls: (readonly [name: string, from: number, to: number])[] = [];
    const used = new Set<string>();
    const recorded =
      (name: string): SamplerStepOf =>
      () =>
      (keys, x, from, to) => {
        calls.push([name, from, to]);
        for (const k of keys) used.add(k.join());
        return Promise.resolve({ x, mean: x });
      };
    // 2000 steps of VP: where indices computed from the time would be off by one.
    const sde = vp();
    const sampler = predictorCorrector({
      predictor: recorded('predictor'),
      corrector: recorded('corrector'),
      steps: 2000,
      denoiseLast: false,
    });
    const { evals } = await finish(
      sampler({ sde, score: (x) => Promise.resolve(x), shape: [1], keys: split(key(3), 2) }),
    );
    const times = uniformGrid(sde, 2000);
    const expected = times.slice(1).flatMap((to, i) => [
      ['corrector', times[i], times[i]],
      ['predictor', times[i], to],
    ]);
    expect(calls).toEqual(expected);
    expect(used.size).toBe(2000 * 2 * 2);
    expect(evals).toEqual([0, 0]);
  });

  it('follows the grid that it is given', async () => {
    const seen: number[] = [];
    const sampler = predictorCorrector({ predictor: ancestral(), steps: 7, grid: quadraticGrid });
    const sde = vp();
    const score = gaussianScore(sde, 1);
    for await (const { t, steps: total } of sampler({ sde, score, shape: [1], keys: [key(1)] })) {
      seen.push(t);
      expect(total).toBe(7);
    }
    expect(seen).toEqual(quadraticGrid(sde, 7).slice(1));
  });
});

it('has 1000 steps by default', async () => {
  const sde = vp();
  const sampler = predictorCorrector({ predictor: ancestral() });
  const { evals } = await finish(sampler({ sde, score: gaussianScore(sde, 1), shape: [1], keys: [key(1)] }));
  expect(evals).toEqual([1001]);
});

it.each(allSdes)('ancestral samples of data at one point are that point ($kind)', async (sde) => {
  const point = tensor([0.3, -0.8], [1, 2]);
  const sampler = predictorCorrector({ predictor: ancestral(), steps: 20, grid });
  const { score } = empirical(sde, point);
  const request = { sde, score, shape: [2], keys: split(key(5), 4) };
  const { x } = await finish(sampler(request));
  for (const i of [0, 1, 2, 3]) takeRows(x, [i]).data.forEach((v, j) => expect(v).toBeCloseTo(point.data[j]!, 9));
});

it('VE ancestral samples of data at one point have variance sigma(t)^2 at every step (n = 4000, 5 standard errors)', async () => {
  const sde = ve();
  const { score } = empirical(sde, tensor([0], [1, 1]));
  const sampler = predictorCorrector({ predictor: ancestral(), steps: 10 });
  for await (const { x, t } of sampler({ sde, score, shape: [1], keys: split(key(6), 4000) }))
    expect(Math.abs(momentsOf(x.data).variance / sde.sigma(t) ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
});

it('samples of a finite data set are its points', async () => {
  const points = map(tensor([0, 0, 1, 0, 0, 1, 1, 1], [4, 2]), (v) => 2 * v - 1);
  const sde = vp();
  const sampler = predictorCorrector({ predictor: ancestral(), steps: 100, grid });
  const request = { sde, score: empirical(sde, points).score, shape: [2], keys: split(key(7), 60) };
  const { x } = await finish(sampler(request));
  x.data.forEach((v) => expect(Math.abs(Math.abs(v) - 1)).toBeLessThan(1e-6));
  expect(new Set(Array.from({ length: 60 }, (_, i) => takeRows(x, [i]).data.map(Math.sign).join())).size).toBe(4);
});

it.each([0, 2.5, NaN])('%f steps are refused', (count) => {
  expect(() => predictorCorrector({ predictor: ancestral(), steps: count })).toThrow(ConfigError);
});
