/** @file The search of time grids, on data whose score and whose best grids are known. */
import { describe, expect, it } from 'vitest';
import { foldIn, key, split, type Key } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { tensor, type Tensor } from '../../../src/base/tensor.ts';
import { grids } from '../../../src/catalog/grids.ts';
import { buildSampler } from '../../../src/catalog/samplers/build-sampler.ts';
import { endPointError } from '../../../src/evaluate/end-point-error.ts';
import { heun } from '../../../src/sample/steps/heun.ts';
import { predictorCorrector } from '../../../src/sample/predictor-corrector.ts';
import { finish, type Sampler } from '../../../src/sample/sampler.ts';
import { referenceOf } from '../../../src/sample/tuning/reference.ts';
import { closedForms, tuneGrid, type TunedGrid } from '../../../src/sample/tuning/tune-grid.ts';
import { gaussianMixture, type ExactMarginals } from '../../../src/sde/exact/gaussian-mixture.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { arctanGrid, karrasGrid } from '../../../src/sde/time/time-grid.ts';
import type { Sde } from '../../../src/sde/sde.ts';

const sde = edm();

/** Eight Gaussians on a circle. */
const ring = gaussianMixture(sde, {
  means: tensor(
    Array.from({ length: 8 }, (_, k) => [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)]).flat(),
    [8, 2],
  ),
  stds: 0.1,
});

/** Twelve Gaussians in 64 dimensions, wide along about 6 of them. */
const wide = normalBatch([key(6)], [12, 64]).data;
const lowRank = gaussianMixture(sde, {
  means: tensor(
    Array.from(normalBatch([key(5)], [12, 64]).data, (value) => value / 2),
    [12, 64],
  ),
  stds: tensor(
    Array.from(wide, (value) => (value > 1.3 ? 0.5 : 0.03)),
    [12, 64],
  ),
});

interface Case {
  readonly process?: Sde;
  readonly data: ExactMarginals;
  readonly dimension: number;
  readonly name: string;
  readonly steps: number;
}

const along =
  (name: string) =>
  (levels: readonly number[]): Sampler =>
    buildSampler(name, { grid: levels });

async function ends({ process = sde, data, dimension }: Case, sampler: Sampler, keys: readonly Key[]): Promise<Tensor> {
  return (await finish(sampler({ sde: process, score: data.score, shape: [dimension], keys }))).x;
}

async function tuned(one: Case, options: { readonly n: number; readonly trials: number }): Promise<TunedGrid> {
  const { process = sde, data, dimension, name, steps } = one;
  const request = { sde: process, score: data.score, shape: [dimension], keys: split(key(1), options.n) };
  const reference = await finish(referenceOf(request));
  return finish(
    tuneGrid({ ...request, sampler: along(name), steps, free: true, grids, reference, trials: options.trials }),
  );
}

describe('the search, on starts that it has not seen', () => {
  const cases = [
    { what: 'eight Gaussians', data: ring, dimension: 2, n: 128, trials: 150, fresh: 1000, ratio: 0.5 },
    { what: 'twelve Gaussians of low rank', data: lowRank, dimension: 64, n: 96, trials: 80, fresh: 400, ratio: 0.9 },
  ];
  it.each(cases)('beats all named grids for DPM-Solver++(2M) in 6 evaluations: $what', async (one) => {
    const search = { ...one, name: 'dpm-solver-2m', steps: 5 };
    const { levels } = await tuned(search, one);
    const keys = split(key(2), one.fresh);
    const { end } = await finish(referenceOf({ sde, score: one.data.score, shape: [one.dimension], keys }));
    const errorOf = async (grid: readonly number[]): Promise<number> =>
      endPointError(await ends(search, along(search.name)(grid), keys), end).rms.value;
    const own = await errorOf(levels);
    for (const { levels: named } of closedForms(sde, { grids, steps: 5, free: true }))
      expect(own).toBeLessThan(one.ratio * (await errorOf(named)));
  });

  it('compares with a solution as fine as 200 steps of Heun', async () => {
    const keys = split(key(3), 100);
    const { end, path } = await finish(referenceOf({ sde, score: ring.score, shape: [2], keys }));
    const sampler = predictorCorrector({ predictor: heun(), steps: 200, grid: karrasGrid() });
    const one = { data: ring, dimension: 2, name: '', steps: 0 };
    // A hundredth of what the best grid of 6 evaluations errs by; 1.4e-4 of it is Heun's own.
    expect(endPointError(await ends(one, sampler, keys), end).rms.value).toBeLessThan(2e-4);
    expect(path.levels).toHaveLength(61);
    expect(path.levels[0]).toBe(80);
    expect(path.levels.at(-1)).toBe(0.002);
  });
});

describe('normal data of standard deviation c, by Euler steps in the noise level', () => {
  const c = 0.7;

  it.each([edm(), vp()])('end with the product of the cosines of the angles too close to 0: $kind', async (process) => {
    const data = gaussianMixture(process, { means: tensor([0], [1, 1]), stds: c });
    const one = { process, data, dimension: 1, name: 'ddim', steps: 5 };
    const sampler = buildSampler('ddim', { steps: 5, grid: 'arctan', sigmaData: c, denoiseLast: false });
    const angles = arctanGrid({ sigmaData: c })(process, 5).map((t) =>
      Math.atan(process.sigma(t) / process.alpha(t) / c),
    );
    const product = angles.slice(1).reduce((p, angle, i) => p * Math.cos(angles[i]! - angle), 1);
    const keys = split(key(4), 3);
    const [x, start] = [
      await ends(one, sampler, keys),
      normalBatch(
        keys.map((own) => foldIn(own, 'prior')),
        [1],
      ),
    ];
    const std = (t: number): number => Math.hypot(c * process.alpha(t), process.sigma(t));
    const exact = (process.priorStd * std(process.tEnd)) / std(process.tMax);
    x.data.forEach((value, i) => expect(value / (start.data[i]! * exact * product)).toBeCloseTo(1, 9));
  });

  it('are sampled best by the arctan grid: the search finds it from others', async () => {
    const data = gaussianMixture(sde, { means: tensor([0], [1, 1]), stds: c });
    const others = grids.filter(({ name }) => name === 'karras' || name === 'log-snr');
    const request = { sde, score: data.score, shape: [1], keys: split(key(5), 16) };
    const reference = await finish(referenceOf(request));
    const search = { ...request, sampler: along('ddim'), steps: 4, free: true, grids: others, reference };
    const { levels } = await finish(tuneGrid(search));
    // Five even parts of the angle, the last of which the denoised estimate takes.
    const first = Math.atan(80 / c);
    // The optimum is flat: the search ends when a step gains less than 1 % of the squared error.
    levels.forEach((level, i) => expect(Math.abs(Math.atan(level / c) - (1 - i / 5) * first)).toBeLessThan(0.03));
  });
});

it('leaves the last level at tEnd where nothing is denoised', async () => {
  const request = { sde, score: ring.score, shape: [2], keys: split(key(6), 8) };
  const reference = await finish(referenceOf(request));
  const sampler = (levels: readonly number[]): Sampler => buildSampler('ddim', { grid: levels, denoiseLast: false });
  const search = { ...request, sampler, steps: 3, free: false, grids, reference, trials: 20 };
  const { levels, ranked, error } = await finish(tuneGrid(search));
  expect(levels).toHaveLength(4);
  expect(levels.at(-1)).toBeCloseTo(0.002, 12);
  expect(error).toBeLessThanOrEqual(ranked[0]!.error);
});
