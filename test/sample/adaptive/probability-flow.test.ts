import { describe, expect, it } from 'vitest';
import { map } from '../../../src/base/arith.ts';
import { NumericalError } from '../../../src/base/errors.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { tensor, zeros } from '../../../src/base/tensor.ts';
import { probabilityFlow } from '../../../src/sample/adaptive/probability-flow.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { empirical } from '../../../src/sde/exact/empirical.ts';
import { gaussian } from '../../../src/sde/exact/gaussian.ts';
import { priorSample } from '../../../src/sde/prior.ts';
import { timesOf, type ScoreFn } from '../../../src/sde/score-fn.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { allSdes } from '../../sde/all.ts';
import { gaussianScore, marginal } from '../gaussian-case.ts';

const keys = split(key(41), 6);

describe.each(allSdes)('the probability flow of $kind', (sde) => {
  const request = { sde, score: gaussianScore(sde, 2), shape: [2], keys };
  const start = priorSample(
    keys.map((k) => foldIn(k, 'prior')),
    sde,
    [2],
  );

  it('carries Gaussian data along its closed form, to the tolerance', async () => {
    const [noise, data] = [marginal(sde, sde.tMax), marginal(sde, sde.tEnd)];
    const exact = start.data.map((z) => data.mean + (z - noise.mean) * Math.sqrt(data.variance / noise.variance));
    const evals: number[] = [];
    for (const tol of [1e-3, 1e-5, 1e-7, 1e-9]) {
      const result = await finish(probabilityFlow({ rtol: tol, atol: tol, denoiseLast: false })(request));
      // Errors of up to tol per step, of which there are a few dozen.
      result.x.data.forEach((v, i) => expect(Math.abs(v - exact[i]!)).toBeLessThan(40 * tol));
      evals.push(Math.max(...result.evals));
    }
    evals.slice(1).forEach((n, i) => expect(n).toBeGreaterThan(evals[i]!));
  });

  it('gives up a sample whose score fails on the way, and keeps its last good state', async () => {
    const middle = sde.alpha(sde.tMax) > 0.9 ? 0.1 * sde.tMax : 0.5;
    const failing: ScoreFn = async (x, t) => {
      const s = await request.score(x, t);
      return timesOf(t, x).some((u) => u < middle) ? map(s, () => NaN) : s;
    };
    const { status, x } = await finish(probabilityFlow()({ ...request, score: failing }));
    expect(status).toEqual(keys.map(() => 'stepTooSmall'));
    expect(x.data.every(Number.isFinite)).toBe(true);
  });

  it('refuses a score that is not a number from the start', async () => {
    const nothing: ScoreFn = (x) => Promise.resolve(map(x, () => NaN));
    const sampling = probabilityFlow()({ ...request, score: nothing });
    await expect(finish(sampling)).rejects.toThrow(NumericalError);
  });

  it('gives up a sample after maxSteps and says so', async () => {
    const { status, x } = await finish(probabilityFlow({ maxSteps: 2 })(request));
    expect(status).toEqual(keys.map(() => 'maxSteps'));
    expect(x.data.every(Number.isFinite)).toBe(true);
  });

  it('takes data at one point to that point, once denoised', async () => {
    const point = tensor([0.3, -0.8], [1, 2]);
    const { x } = await finish(probabilityFlow()({ ...request, score: empirical(sde, point).score }));
    x.data.forEach((v, i) => expect(v).toBeCloseTo(point.data[i % 2]!, 9));
  });
});

it('leaves the samples of N(0, I) under VP where they are', async () => {
  const sde = vp();
  const { score } = gaussian(sde, { mean: zeros([3]), std: 1 });
  const { x, evals } = await finish(probabilityFlow({ denoiseLast: false })({ sde, score, shape: [3], keys }));
  const start = priorSample(
    keys.map((k) => foldIn(k, 'prior')),
    sde,
    [3],
  );
  // alpha^2 + sigma^2 = 1 to rounding, so that the drift is zero to rounding.
  x.data.forEach((v, i) => expect(v).toBeCloseTo(start.data[i]!, 13));
  for (const n of evals) expect(n).toBeLessThan(60);
});

it('contracts VE samples by sqrt((s^2 + sigma(tEnd)^2) / (s^2 + sigmaMax^2))', async () => {
  const sde = ve();
  const { score } = gaussian(sde, { mean: zeros([1]), std: 0.5 });
  const { x } = await finish(
    probabilityFlow({ rtol: 1e-8, atol: 1e-8, denoiseLast: false })({ sde, score, shape: [1], keys }),
  );
  const start = priorSample(
    keys.map((k) => foldIn(k, 'prior')),
    sde,
    [1],
  );
  const factor = Math.sqrt((0.25 + sde.sigma(sde.tEnd) ** 2) / (0.25 + 2500));
  x.data.forEach((v, i) => expect(v).toBeCloseTo(start.data[i]! * factor, 6));
});
