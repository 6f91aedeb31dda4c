import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { adamsBashforth } from '../../src/sample/multistep/adams-bashforth.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { ddim } from '../../src/sample/steps/ddim.ts';
import { tweedie } from '../../src/sample/denoise.ts';
import { dpmSolver2S } from '../../src/sample/steps/dpm-solver-2s.ts';
import { dpmSolver2M, dpmSolver3M } from '../../src/sample/multistep/dpm-solver-multistep.ts';
import { heun } from '../../src/sample/steps/heun.ts';
import type { MultistepOf, Past } from '../../src/sample/multistep/multistep.ts';
import { multistep } from '../../src/sample/multistep/multistep.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish } from '../../src/sample/sampler.ts';
import { unipc } from '../../src/sample/multistep/unipc.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { empirical } from '../../src/sde/exact/empirical.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { karrasGrid } from '../../src/sde/time/time-grid.ts';
import { allSdes } from '../sde/all.ts';
import { grid, orderedSamplers } from './all.ts';
import { gaussianScore, marginal, momentsOf } from './gaussian-case.ts';

const keys = split(key(71), 4);

describe.each(allSdes)('data at one point under $kind', (sde) => {
  const point = tensor([0.3, -0.8], [1, 2]);
  const request = { sde, score: empirical(sde, point).score, shape: [2], keys };

  it.each(orderedSamplers)('is found by $name, in one step or many, once denoised', async ({ of }) => {
    for (const steps of [1, 2, 7]) {
      const { x } = await finish(of({ steps, denoiseLast: true })(request));
      x.data.forEach((v, i) => expect(v).toBeCloseTo(point.data[i % 2]!, 8));
    }
  });

  it.each(orderedSamplers.filter(({ noise }) => noise === undefined))(
    'is approached by $name along the exact line, in one step or many',
    async ({ of }) => {
      const ends: Float64Array[] = [];
      for (const steps of [1, 5]) ends.push((await finish(of({ steps, denoiseLast: false })(request))).x.data);
      // x = alpha x_0 + sigma z with the z of the start: the same end, however many steps, but for the rounding of a
      // start at sigma / alpha = 150.
      ends[0]!.forEach((v, i) => expect(v).toBeCloseTo(ends[1]![i]!, 7));
    },
  );
});

describe('a step to zero noise', () => {
  const sde = edm();
  const { score } = gaussianMixture(sde, { means: tensor([1, 0, 0, -1], [2, 2]), stds: 0.2 });
  const x = tensor([0.1, -2, 0.7, 3, -0.4, 0, 1, 1], [4, 2]);
  const visits = [3, 4, 5].map(async (t) => ({ t, x, denoised: await tweedie(sde, score, x, t) }));

  it.each([
    ['DDIM', ddim()],
    ['DDIM with noise', ddim({ eta: 1 })],
    ['Heun', heun()],
    ['DPM-Solver++(2S)', dpmSolver2S()],
  ] as const)('of %s is the denoised state', async (_, moveOf) => {
    const reached = await moveOf(sde, score)(keys, x, 3, 0);
    const { denoised } = await visits[0]!;
    reached.x.data.forEach((v, i) => expect(v).toBeCloseTo(denoised.data[i]!, 12));
  });

  it.each([
    ['DPM-Solver++(2M)', dpmSolver2M()],
    ['SDE-DPM-Solver++(2M)', dpmSolver2M({ eta: 1 })],
    ['DPM-Solver++(3M)', dpmSolver3M()],
    ['UniPC', unipc({ order: 3 })],
  ] as const)('of %s is the denoised state, whatever came before', async (_, method: MultistepOf) => {
    const past = (await Promise.all(visits)) as unknown as Past;
    expect(method(sde).predict(keys, past, 0).x.data).toEqual(past[0].denoised.data);
  });

  it('of Adams-Bashforth of order 1 is the denoised state', async () => {
    const past = (await Promise.all(visits)) as unknown as Past;
    const reached = adamsBashforth({ order: 1 })(sde).predict(keys, [past[0]], 0);
    reached.x.data.forEach((v, i) => expect(v).toBeCloseTo(past[0].denoised.data[i]!, 12));
  });
});

it("EDM's sampler takes 35 evaluations for its 18 noise levels", async () => {
  const sde = edm();
  const sampler = predictorCorrector({ predictor: heun(), steps: 17, grid: karrasGrid() });
  const { evals } = await finish(sampler({ sde, score: gaussianScore(sde, 1), shape: [1], keys }));
  expect(evals).toEqual([35, 35, 35, 35]);
});

describe.each(allSdes)('equal methods under $kind', (sde) => {
  const { score } = gaussianMixture(sde, { means: tensor([1, 0, 0, -1], [2, 2]), stds: 0.2 });
  const request = { sde, score, shape: [2], keys };
  const ends = async (a: ReturnType<typeof multistep>, b: ReturnType<typeof multistep>): Promise<void> => {
    const [x, y] = [(await finish(a(request))).x.data, (await finish(b(request))).x.data];
    x.forEach((v, i) => expect(Math.abs(v - y[i]!)).toBeLessThan(1e-8));
  };

  it('DDIM with eta 1 is ancestral sampling', () =>
    ends(
      predictorCorrector({ predictor: ddim({ eta: 1 }), steps: 9, grid }),
      predictorCorrector({ predictor: ancestral(), steps: 9, grid }),
    ));

  it('DDIM is Adams-Bashforth of order 1', () =>
    ends(
      predictorCorrector({ predictor: ddim(), steps: 9, grid }),
      multistep(adamsBashforth({ order: 1 }), { steps: 9, grid }),
    ));

  it('the first step of 2M and of 3M is DDIM', async () => {
    for (const method of [dpmSolver2M(), dpmSolver3M()])
      await ends(predictorCorrector({ predictor: ddim(), steps: 1 }), multistep(method, { steps: 1 }));
  });
});

describe.each(allSdes)('churn under $kind', (sde) => {
  it('keeps the law of Gaussian data (n = 4000, 5 standard errors)', async () => {
    const n = 4000;
    const sampler = predictorCorrector({ predictor: heun({ churn: 0.3 }), steps: 40, grid, denoiseLast: false });
    const { x } = await finish(
      sampler({ sde, score: gaussianScore(sde, 10), shape: [10], keys: split(key(72), n / 10) }),
    );
    const { mean, variance } = momentsOf(x.data);
    const exact = marginal(sde, sde.tEnd);
    // The prior's wrong mean is forgotten in part; Heun's error of 40 steps is below 1 percent.
    expect(Math.abs(mean - exact.mean)).toBeLessThan(5 * Math.sqrt(exact.variance / n) + 0.015);
    expect(Math.abs(variance / exact.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n) + 0.01);
  });
});

it('churn stays within its noise levels and that of tMax', async () => {
  const sde = edm();
  const asked: number[] = [];
  const score = (x: ReturnType<typeof tensor>, t: number | readonly number[]): Promise<typeof x> => {
    asked.push(t as number);
    return Promise.resolve({ shape: x.shape, data: x.data.map((v) => -v) });
  };
  const step = heun({ churn: 0.4, churnMin: 1, churnMax: 70 })(sde, score);
  const x = tensor([1], [1, 1]);
  for (const from of [80, 65, 10, 0.9]) await step(keys.slice(0, 1), x, from, from / 2);
  // 80 is above churnMax; 65 would become 91; 0.9 is below churnMin.
  [80, 40, 80, 32.5, 14, 5, 0.9, 0.45].forEach((t, i) => expect(asked[i]).toBeCloseTo(t, 9));
});

it.each([
  () => ddim({ eta: -0.1 }),
  () => ddim({ eta: 1.5 }),
  () => heun({ churn: NaN }),
  () => heun({ churnMin: 2, churnMax: 1 }),
  () => heun({ noiseScale: 0 }),
  () => dpmSolver2M({ eta: -1 }),
  () => unipc({ order: 4 as 3 }),
  () => adamsBashforth({ order: 0 as 1 }),
  () => multistep(dpmSolver2M(), { steps: 0 }),
])('%s is refused', (build) => {
  expect(build).toThrow(ConfigError);
});
