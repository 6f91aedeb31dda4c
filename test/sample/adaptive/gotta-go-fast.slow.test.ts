import { describe, expect, it } from 'vitest';
import { combine } from '../../../src/base/arith.ts';
import { ConfigError } from '../../../src/base/errors.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { tensor, zeros, type Tensor } from '../../../src/base/tensor.ts';
import { brownianTree } from '../../../src/sample/adaptive/brownian-tree.ts';
import { gottaGoFast } from '../../../src/sample/adaptive/gotta-go-fast.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { gaussianMixture } from '../../../src/sde/exact/gaussian-mixture.ts';
import { priorSample } from '../../../src/sde/prior.ts';
import type { ScoreFn } from '../../../src/sde/score-fn.ts';
import type { Sde } from '../../../src/sde/sde.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { kolmogorovSmirnov, normalCdf } from '../../base/statistics.ts';
import { allSdes } from '../../sde/all.ts';
import { gaussianScore, marginal, momentsOf } from '../gaussian-case.ts';

describe('the Brownian tree', () => {
  const size = 4000;
  const path = brownianTree(key(111), size);
  const times = [0, 2 ** -20, 1 / 8, 0.3, 0.3 + 1e-6, 0.5, 0.75, 1];

  it('has independent normal increments of the variance of their length, dyadic times or not (n = 4000)', () => {
    const increments = times.slice(1).map((s, i) => {
      const [before, after] = [path(times[i]!), path(s)];
      return after.map((w, j) => (w - before[j]!) / Math.sqrt(s - times[i]!));
    });
    // Below 1.95 but for one in a thousand; correlations within 4 standard errors.
    for (const z of increments) expect(kolmogorovSmirnov(z, normalCdf)).toBeLessThan(1.95);
    increments.forEach((a, i) =>
      increments.slice(i + 1).forEach((b) => {
        const correlation = a.reduce((sum, v, j) => sum + v * b[j]!, 0) / size;
        expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(size));
      }),
    );
  });

  it('is one path: a time has the same state whatever was asked before', () => {
    const known = times.map((s) => brownianTree(key(112), 5)(s));
    const asked = brownianTree(key(112), 5);
    for (const i of [3, 1, 7, 4, 4, 0, 2, 6, 5, 3]) expect(asked(times[i]!)).toEqual(known[i]);
    expect(asked(0)).toEqual(new Float64Array(5));
    expect(brownianTree(key(113), 5)(0.3)).not.toEqual(known[3]);
  });

  it('is continuous: close times have close states', () => {
    const few = brownianTree(key(114), 3);
    for (const s of [0.3, 0.5, 0.7777])
      for (const gap of [1e-4, 1e-7, 1e-10]) {
        const [a, b] = [few(s), few(s + gap)];
        a.forEach((w, j) => expect(Math.abs(w - b[j]!)).toBeLessThan(5 * Math.sqrt(gap) + 1e-8));
      }
  });

  it('has at the middle of a step the mean of its ends, and a quarter of the variance beside it (n = 4000)', () => {
    for (const [a, b] of [
      [0, 1],
      [0.25, 0.5],
      [5 / 8, 6 / 8],
    ] as const) {
      const [before, inside, after] = [path(a), path((a + b) / 2), path(b)];
      const z = inside.map((w, j) => (w - (before[j]! + after[j]!) / 2) / (0.5 * Math.sqrt(b - a)));
      expect(kolmogorovSmirnov(z, normalCdf)).toBeLessThan(1.95);
    }
  });
});

describe.each(allSdes)('Gotta Go Fast under $kind', (sde) => {
  it('draws Gaussian data without bias in mean and variance, at a loose tolerance (n = 1000, 5 standard errors)', async () => {
    const n = 1000;
    const sampler = gottaGoFast({ rtol: 0.05, denoiseLast: false });
    const request = { sde, score: gaussianScore(sde, 40), shape: [40], keys: split(key(121), n / 40) };
    const { x } = await finish(sampler(request));
    const [found, exact] = [momentsOf(x.data), marginal(sde, sde.tEnd)];
    // 0.016 is what the prior's wrong mean may leave, 0.02 the bias that the tolerance allows.
    expect(Math.abs(found.mean - exact.mean)).toBeLessThan(5 * Math.sqrt(exact.variance / n) + 0.016);
    expect(Math.abs(found.variance / exact.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n) + 0.02);
  });
});

it('Gotta Go Fast keeps the variance of noise that it has rejected (n = 2000, 4 standard errors)', async () => {
  // Without a score and a drift, the error of a step is that of g dW: a step is rejected for its noise alone. Drawn
  // anew after a rejection, the noise would lose 16 percent of its variance, which is more than 4 standard errors.
  const n = 2000;
  const sde: Sde = { ...vp(), f: () => 0 };
  let asked = 0;
  const nothing: ScoreFn = (x) => {
    asked += x.shape[0]!;
    return Promise.resolve(zeros(x.shape));
  };
  const sampler = gottaGoFast({ rtol: 0.01, atol: 0.01, denoiseLast: false });
  const { x, evals } = await finish(sampler({ sde, score: nothing, shape: [1], keys: split(key(122), n) }));
  // Var = priorStd^2 + the integral of g^2 = beta, from tEnd to 1.
  const exact = 1 + 0.1 * (1 - sde.tEnd) + 0.5 * 19.9 * (1 - sde.tEnd ** 2);
  expect(Math.abs(momentsOf(x.data).variance / exact - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  expect(evals.reduce((a, b) => a + b, 0)).toBe(asked);
  // One evaluation for a rejected step, two for an accepted one: an odd count tells of rejections.
  expect(evals.filter((count) => count % 2 === 1).length).toBeGreaterThan(n / 100);
});

describe('the steps of Gotta Go Fast', () => {
  const sde = vp();
  const { score } = gaussianMixture(sde, { means: tensor([-1.4, 0.6], [2, 1]), stds: [0.4, 0.3] });
  const keys = split(key(131), 12);
  const request = { sde, score, shape: [1], keys };

  /** Stochastic Heun in equal steps on the same paths. */
  async function reference(steps: number): Promise<Tensor> {
    const paths = keys.map((k) => brownianTree(foldIn(k, 'path'), 1));
    const span = sde.tMax - sde.tEnd;
    const drift = async (x: Tensor, t: number): Promise<Tensor> =>
      combine([sde.f(t), x], [-(sde.g(t) ** 2), await score(x, t)]);
    let x = priorSample(
      keys.map((k) => foldIn(k, 'prior')),
      sde,
      [1],
    );
    for (let i = 0; i < steps; i++) {
      const [t, u] = [sde.tMax - (i / steps) * span, sde.tMax - ((i + 1) / steps) * span];
      const dw = tensor(
        paths.map((path) => Math.sqrt(span) * (path((i + 1) / steps)[0]! - path(i / steps)[0]!)),
        [keys.length, 1],
      );
      const first = await drift(x, t);
      const low = combine([1, x], [u - t, first], [sde.g(t), dw]);
      x = combine([1, x], [(u - t) / 2, first], [(u - t) / 2, await drift(low, u)], [(sde.g(t) + sde.g(u)) / 2, dw]);
    }
    return x;
  }

  it('follow one Brownian path through rejections: tighter tolerances approach its solution', async () => {
    const exact = await reference(1024);
    const errors = [];
    for (const tol of [0.1, 0.001]) {
      let rounds = 0;
      const drawing = gottaGoFast({ rtol: tol, atol: tol, denoiseLast: false })(request);
      let next = await drawing.next();
      for (; next.done !== true; next = await drawing.next()) rounds++;
      const { x, evals } = next.value;
      errors.push(x.data.reduce((sum, v, i) => sum + Math.abs(v - exact.data[i]!), 0) / keys.length);
      expect(evals.some((count) => count % 2 === 1)).toBe(true);
      expect(Math.max(...evals)).toBeLessThan(2 * rounds);
    }
    expect(errors[0]!).toBeLessThan(0.3);
    // Noise of its own would leave each path as far from the reference as two samples are apart, about 1.
    expect(errors[1]!).toBeLessThan(0.01);
  });

  it('grow in number as the relative tolerance falls, which the absolute one follows', async () => {
    const costs = [];
    for (const rtol of [0.05, 1e-2, 1e-3, 1e-4]) {
      const { evals } = await finish(gottaGoFast({ rtol })(request));
      costs.push(evals.reduce((a, b) => a + b, 0));
    }
    for (const [i, cost] of costs.slice(1).entries()) expect(cost).toBeGreaterThan(1.2 * costs[i]!);
    // The paper's own numbers are those of the default.
    const [own, spelled] = [{}, { rtol: 0.05, atol: 2 / 256 }].map((options) => finish(gottaGoFast(options)(request)));
    expect(await own).toEqual(await spelled);
    expect(await finish(gottaGoFast({ rtol: 0.2 })(request))).toEqual(
      await finish(gottaGoFast({ rtol: 0.2, atol: 2 / 256 })(request)),
    );
  });

  it('are given up after maxSteps, and where the score is not a number', async () => {
    const early = await finish(gottaGoFast({ maxSteps: 3 })(request));
    expect(early.status).toEqual(keys.map(() => 'maxSteps'));
    const broken: ScoreFn = async (x, t) => {
      const s = await score(x, t);
      return { ...s, data: s.data.map((v, i) => ((t as readonly number[])[i]! < 0.5 ? NaN : v)) };
    };
    const { status, x } = await finish(gottaGoFast({ denoiseLast: false })({ ...request, score: broken }));
    expect(status).toEqual(keys.map(() => 'stepTooSmall'));
    expect(x.data.every(Number.isFinite)).toBe(true);
  });

  it.each([{ rtol: 0 }, { atol: -1 }, { maxSteps: 1.5 }])('%o is refused', (options) => {
    expect(() => gottaGoFast(options)).toThrow(ConfigError);
  });
});
