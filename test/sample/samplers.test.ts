import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { takeRows, tensor } from '../../src/base/tensor.ts';
import { finish, type SampleProgress } from '../../src/sample/sampler.ts';
import { langevin } from '../../src/sample/correctors/langevin.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { reverseDiffusion } from '../../src/sample/steps/reverse-diffusion.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { allSdes } from '../sde/all.ts';
import { grid, samplers } from './all.ts';
import { gaussianScore } from './gaussian-case.ts';

const steps = 12;
const keys = split(key(9), 5);
const means = tensor([1, 0, 0, -1, 2, 2], [3, 2]);

describe.each(allSdes)('every sampler of $kind', (sde) => {
  const { score } = gaussianMixture(sde, { means, stds: [0.3, 0.1, 0.5] });
  const request = { sde, score, shape: [2], keys };

  it.each(samplers)('$name: a batch of five is five batches of one, bit for bit', async ({ of }) => {
    const sampler = of({ steps, denoiseLast: true });
    const together = await finish(sampler(request));
    expect(together.x.shape).toEqual([5, 2]);
    expect(together.status).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    for (const [i, one] of keys.entries()) {
      const alone = await finish(sampler({ ...request, keys: [one] }));
      expect(alone.x.data).toEqual(takeRows(together.x, [i]).data);
      expect(alone.evals[0]).toBe(together.evals[i]);
    }
    expect(new Set(together.x.data).size).toBe(10);
  });

  it.each(samplers)('$name: evaluations are counted, and denoising is one of them', async ({ of, evalsPerStep }) => {
    let rows = 0;
    const counting: ScoreFn = (x, t) => {
      rows += x.shape[0]!;
      return score(x, t);
    };
    const noisy = await finish(of({ steps, denoiseLast: false })({ ...request, score: counting }));
    expect(noisy.evals.reduce((a, b) => a + b, 0)).toBe(rows);
    if (evalsPerStep !== undefined) expect(noisy.evals).toEqual(keys.map(() => steps * evalsPerStep));
    const clean = await finish(of({ steps, denoiseLast: true })(request));
    expect(clean.evals).toEqual(noisy.evals.map((n) => n + 1));
    // The denoised state is Tweedie's mean of the state that is returned without it.
    const s = await score(noisy.x, sde.tEnd);
    noisy.x.data.forEach((v, i) => {
      const mean = (v + sde.sigma(sde.tEnd) ** 2 * s.data[i]!) / sde.alpha(sde.tEnd);
      expect(clean.x.data[i]).toBeCloseTo(mean, 10);
    });
  });

  it.each(samplers)('$name: progress ends at tEnd with the state that is returned', async ({ of }) => {
    const seen: SampleProgress[] = [];
    const sampling = of({ steps, denoiseLast: false })(request);
    let next = await sampling.next();
    for (; next.done !== true; next = await sampling.next()) seen.push(next.value);
    expect(seen.map(({ step }) => step)).toEqual(seen.map((_, i) => i + 1));
    seen.slice(1).forEach(({ t }, i) => expect(t).toBeLessThanOrEqual(seen[i]!.t));
    expect(seen.at(-1)!.t).toBe(sde.tEnd);
    expect(seen.at(-1)!.x.data).toEqual(next.value.x.data);
    for (const { mean } of seen) expect(mean.shape).toEqual([5, 2]);
  });
});

describe.each(samplers)('$name', ({ of }) => {
  const sde = allSdes[1]!;

  it('can be left in the middle', async () => {
    let asked = 0;
    const score: ScoreFn = (x, t) => {
      asked++;
      return gaussianScore(sde, 2)(x, t);
    };
    for await (const { step } of of({ steps: 30, denoiseLast: true })({ sde, score, shape: [2], keys }))
      if (step === 2) break;
    expect(asked).toBeLessThan(20);
  });
});

const fixedSteps = samplers.filter(({ evalsPerStep }) => evalsPerStep !== undefined);

describe.each(fixedSteps)('$name', ({ of }) => {
  const sde = allSdes[1]!;

  it('stops where a state is no longer a number, and says where', async () => {
    const broken: ScoreFn = async (x, t) => {
      const s = await gaussianScore(sde, 2)(x, t);
      return (typeof t === 'number' ? t : t[0]!) < 0.5 ? { ...s, data: s.data.map(() => NaN) } : s;
    };
    const sampling = of({ steps: 30, denoiseLast: true })({ sde, score: broken, shape: [2], keys });
    const outcome = await finish(sampling).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(NumericalError);
    expect((outcome as Error).message).toMatch(/sample 0 .* step \d+, at t = 0\.\d+/);
  });
});

describe.each(allSdes)('two modes of $kind', (sde) => {
  // Weights 0.3 and 0.7, placed so that the mean is zero and the prior's mean is right.
  const { score } = gaussianMixture(sde, { means: tensor([-1.4, 0.6], [2, 1]), stds: [0.2, 0.2], weights: [3, 7] });
  const withinErrors = (x: Float64Array): void => {
    const low = x.filter((v) => v < -0.4).length / x.length;
    expect(Math.abs(low - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / x.length));
    for (const [mode, side] of [
      [-1.4, x.filter((v) => v < -0.4)],
      [0.6, x.filter((v) => v >= -0.4)],
    ] as const) {
      const mean = side.reduce((sum, v) => sum + v, 0) / side.length;
      // Five standard errors of a mode's mean, and the bias of 100 steps.
      expect(Math.abs(mean - mode)).toBeLessThan((5 * 0.2) / Math.sqrt(side.length) + 0.01);
    }
  };

  it('keep their weights under predictor-corrector sampling (n = 1000, 4 standard errors)', async () => {
    const sampler = predictorCorrector({
      predictor: reverseDiffusion(),
      corrector: langevin({ snr: 0.16, stepSize: 'sigma' }),
      steps: 100,
      grid,
    });
    const { x } = await finish(sampler({ sde, score, shape: [1], keys: split(key(21), 1000) }));
    withinErrors(x.data);
  });

  it('keep their weights under the probability flow (n = 1000, 4 standard errors)', async () => {
    const sampler = probabilityFlow({ rtol: 1e-4, atol: 1e-4 });
    const { x } = await finish(sampler({ sde, score, shape: [1], keys: split(key(22), 1000) }));
    withinErrors(x.data);
  });
});
