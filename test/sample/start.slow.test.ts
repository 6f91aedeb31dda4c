import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { takeRows, tensor, zeros, type Tensor } from '../../src/base/tensor.ts';
import { eulerMaruyama } from '../../src/sample/steps/euler-maruyama.ts';
import { langevinDynamics } from '../../src/sample/correctors/langevin-dynamics.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { finish, type SampleProgress, type SampleRequest, type Sampler } from '../../src/sample/sampler.ts';
import { fromNoised, fromState, type Start } from '../../src/sample/start.ts';
import { beginningAt } from '../../src/sde/time/discrete-times.ts';
import { priorSample } from '../../src/sde/prior.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { smld } from '../../src/sde/processes/smld.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { allSdes } from '../sde/all.ts';
import { grid, samplers } from './all.ts';
import { after, dataMean, dataStd, gaussianScore, marginal, momentsOf, type Moments } from './gaussian-case.ts';

const dimension = 20;
const keys = split(key(301), 100);

/** The time at which data and noise are of one size. */
function middle(sde: Sde): number {
  let [low, high] = [sde.tEnd, sde.tMax];
  for (let i = 0; i < 40; i++) {
    const t = (low + high) / 2;
    if (sde.sigma(t) < dataStd * sde.alpha(t)) low = t;
    else high = t;
  }
  return low;
}

/** Exact states of Gaussian data at t. */
function exactState(sde: Sde, t: number): Start {
  const { mean, variance } = marginal(sde, t);
  return {
    t,
    draw: (own) => {
      const z = normalBatch(own, [dimension]);
      return combine([mean, { ...z, data: z.data.map(() => 1) }], [Math.sqrt(variance), z]);
    },
  };
}

/** Moments of annealed Langevin dynamics, which is behind the law of each level when it leaves it for the next. */
function annealed(sde: Sde, t: number, steps: number): Moments {
  const times = grid(beginningAt(sde, t), steps).slice(1);
  return times.reduce(
    (moments, to) => {
      const eta = 0.062 * sde.sigma(to) ** 2;
      const step = { x: 1, s: eta, noise: Math.sqrt(2 * eta) };
      return after(after(moments, step, marginal(sde, to)), step, marginal(sde, to));
    },
    marginal(sde, t),
  );
}

async function progressOf(sampler: Sampler, request: SampleRequest): Promise<readonly SampleProgress[]> {
  const seen: SampleProgress[] = [];
  for await (const progress of sampler(request)) seen.push(progress);
  return seen;
}

describe.each(allSdes)('a start under $kind', (sde) => {
  const request = { sde, score: gaussianScore(sde, dimension), shape: [dimension], keys };
  const few = { ...request, keys: keys.slice(0, 3) };

  it.each(samplers)('$name: with a draw of the prior at tMax it is no start, bit for bit', async ({ of }) => {
    const sampler = of({ steps: 8, denoiseLast: true });
    const start: Start = { t: sde.tMax, draw: (own) => Promise.resolve(priorSample(own, sde, [dimension])) };
    const [without, with_] = [await finish(sampler(few)), await finish(sampler({ ...few, start }))];
    expect(with_.x.data).toEqual(without.x.data);
    expect(with_.evals).toEqual(without.evals);
  });

  it.each(samplers)('$name: from exact states at t it draws the law of the data (n = 2000)', async ({ name, of }) => {
    // A chain at tEnd is right from the law of tEnd alone, which it must leave as it is.
    const t = name === 'Langevin dynamics' ? sde.tEnd : middle(sde);
    const sampler = of({ steps: 60, denoiseLast: false });
    const { x, status } = await finish(sampler({ ...request, start: exactState(sde, t) }));
    const lags = name === 'annealed Langevin';
    const [found, exact] = [momentsOf(x.data), lags ? annealed(sde, t, 60) : marginal(sde, sde.tEnd)];
    const std = Math.sqrt(exact.variance);
    expect(new Set(status)).toEqual(new Set(['ok']));
    // Five standard errors, and the bias of 60 steps of methods of first order.
    expect(Math.abs(found.mean - exact.mean)).toBeLessThan((5 * std) / Math.sqrt(x.data.length) + 0.02 * std);
    expect(Math.abs(Math.sqrt(found.variance) - std)).toBeLessThan(
      (5 * std) / Math.sqrt(2 * x.data.length) + 0.05 * std,
    );
  });

  it.each(samplers)(
    '$name: it goes down from t alone, in the steps that it is given',
    async ({ name, of, evalsPerStep }) => {
      const t = middle(sde);
      const seen = await progressOf(of({ steps: 6, denoiseLast: false }), { ...few, start: exactState(sde, t) });
      const times = seen.map((progress) => progress.t);
      for (const [i, time] of times.entries()) expect(time).toBeLessThanOrEqual(times[i - 1] ?? t);
      expect(times.at(-1)).toBe(sde.tEnd);
      if (evalsPerStep !== undefined) expect(seen).toHaveLength(6);
      if (name !== 'Langevin dynamics') expect(times[0]).toBeLessThanOrEqual(t);
    },
  );

  it.each(samplers)('$name: at tEnd there is nothing left but to denoise', async ({ name, of, evalsPerStep }) => {
    const start = fromState(zeros([3, dimension]), sde.tEnd);
    const { x, evals } = await finish(of({ steps: 6, denoiseLast: true })({ ...few, start }));
    if (name === 'Langevin dynamics') expect(evals).toEqual([6 * evalsPerStep! + 1, 7, 7]);
    else expect(evals).toEqual([1, 1, 1]);
    expect(x.data.every(Number.isFinite)).toBe(true);
  });

  it.each(samplers)('$name: a sample depends on its own key and start alone', async ({ of }) => {
    const sampler = of({ steps: 6, denoiseLast: true });
    const x0 = normalBatch(split(key(302), 3), [dimension]);
    const startOf = (rows: readonly number[]): Start => fromNoised(sde, takeRows(x0, rows), middle(sde));
    const together = await finish(sampler({ ...few, start: startOf([0, 1, 2]) }));
    for (const [i, one] of few.keys.entries()) {
      const alone = await finish(sampler({ ...few, keys: [one], start: startOf([i]) }));
      expect(alone.x.data).toEqual(takeRows(together.x, [i]).data);
    }
  });
});

describe('a start', () => {
  const sde = vp();
  const request = { sde, score: gaussianScore(sde, dimension), shape: [dimension], keys: keys.slice(0, 3) };
  const euler = predictorCorrector({ predictor: eulerMaruyama(), steps: 5 });

  it('has as much of the data as its time keeps (n = 200, correlation)', async () => {
    const x0 = normalBatch(split(key(303), 10), [dimension]);
    const correlations: number[] = [];
    for (const t of [0.05, 0.3, 0.9]) {
      const drawn = await finish(euler({ ...request, keys: keys.slice(0, 10), start: fromNoised(sde, x0, t) }));
      const [a, b] = [x0.data, drawn.x.data.map((value) => value - dataMean)];
      const sum = (of: (i: number) => number): number => Array.from(a, (_, i) => of(i)).reduce((p, q) => p + q, 0);
      const dot = sum((i) => a[i]! * b[i]!);
      correlations.push(dot / Math.sqrt(sum((i) => a[i]! ** 2) * sum((i) => b[i]! ** 2)));
    }
    const [early = 0, between = 0, late = 1] = correlations;
    expect(early).toBeGreaterThan(0.9);
    expect(between).toBeLessThan(early);
    expect(late).toBeLessThan(0.25);
  });

  it('may be where another run left off: two halves of a path of the flow are the whole of it', async () => {
    const one = { ...request, keys: keys.slice(0, 1) };
    const flow = probabilityFlow({ rtol: 1e-8, atol: 1e-8, denoiseLast: false });
    const path = await progressOf(flow, one);
    const half = path[Math.floor(path.length / 2)]!;
    const { x } = await finish(flow({ ...one, start: fromState(half.x, half.t) }));
    x.data.forEach((value, i) => expect(value).toBeCloseTo(path.at(-1)!.x.data[i]!, 6));
  });

  it('is not shrunk by a temperature, which is of the prior', async () => {
    const start = exactState(sde, 0.5);
    const [plain, cool] = [1, 0.5].map((temperature) => probabilityFlow({ temperature }));
    const [a, b] = [await finish(plain!({ ...request, start })), await finish(cool!({ ...request, start }))];
    expect(b.x.data).toEqual(a.x.data);
  });

  it('visits the levels of a discrete model that are below it', async () => {
    const discrete = smld({ sigmas: [0.01, 0.1, 0.5, 1, 3, 10] });
    const sampler = predictorCorrector({ predictor: eulerMaruyama(), steps: 3, denoiseLast: false });
    const seen = await progressOf(sampler, {
      ...request,
      sde: discrete,
      score: gaussianScore(discrete, dimension),
      start: fromState(zeros([3, dimension]), 4 / 6),
    });
    expect(seen.map(({ t }) => t)).toEqual([3 / 6, 2 / 6, 1 / 6]);
  });

  it('may lie anywhere for a chain at one noise level', async () => {
    const start = fromState(tensor(new Float64Array(3 * dimension).fill(5), [3, dimension]), 0.9);
    const seen = await progressOf(langevinDynamics({ steps: 4 }), { ...request, start });
    expect(seen.map(({ t }) => t)).toEqual([sde.tEnd, sde.tEnd, sde.tEnd, sde.tEnd]);
    expect(seen[0]!.x.data.every((value) => value > 4)).toBe(true);
  });

  it.each([NaN, -1, 0, 1.5, Infinity])('refuses the time %s', async (t) => {
    const sampling = finish(euler({ ...request, start: fromState(zeros([3, dimension]), t) }));
    await expect(sampling).rejects.toThrow(ConfigError);
    await expect(finish(euler({ ...request, start: fromState(zeros([3, dimension]), t) }))).rejects.toThrow(
      `start.t: expected a time of 0.001 (tEnd) to 1 (tMax), got ${t}`,
    );
  });

  it.each([
    ['too few', zeros([2, dimension])],
    ['of another shape', zeros([3, 2])],
  ] as readonly [string, Tensor][])('refuses states that are %s', async (_, x) => {
    const sampling = finish(euler({ ...request, start: fromState(x, 0.5) }));
    await expect(sampling).rejects.toThrow(ShapeError);
    await expect(finish(euler({ ...request, start: fromNoised(sde, x, 0.5) }))).rejects.toThrow(ShapeError);
  });
});
