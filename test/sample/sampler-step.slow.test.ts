import { describe, expect, it } from 'vitest';
import { combine, dotPerSample, normPerSample } from '../../src/base/arith.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, zeros } from '../../src/base/tensor.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { langevin } from '../../src/sample/correctors/langevin.ts';
import { reverseDiffusion } from '../../src/sample/steps/reverse-diffusion.ts';
import { ddpmTables, smldSigmas } from '../../src/sde/processes/discrete.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { uniformGrid } from '../../src/sde/time/time-grid.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { allSdes } from '../sde/all.ts';
import { affineCorrector, grid, predictors, snr } from './all.ts';
import { after, gaussianScore, marginal, momentsOf, type Moments } from './gaussian-case.ts';

const keys = split(key(1), 3);
const x = tensor([0.1, -2, 0.7, 3, -0.4, 0], [3, 2]);

describe.each(allSdes)('steps of $kind', (sde) => {
  const times = grid(sde, 10);
  const steps = times.slice(1).map((to, i) => [times[i]!, to] as const);

  it.each(predictors)('$name follows its formula, over the step that it is given', async ({ step, law }) => {
    const score = gaussianScore(sde, 2);
    for (const [from, to] of steps) {
      const c = law(sde, from, to);
      const reached = await step(sde, score)(keys, x, from, to);
      const mean = combine([c.x, x], [c.s, await score(x, from)]);
      const next = combine([1, mean], [c.noise, normalBatch(keys, [2])]);
      const size = Math.max(1, c.noise, ...mean.data.map(Math.abs));
      mean.data.forEach((v, i) => expect(Math.abs(reached.mean.data[i]! - v) / size).toBeLessThan(1e-12));
      next.data.forEach((v, i) => expect(Math.abs(reached.x.data[i]! - v) / size).toBeLessThan(1e-12));
    }
  });

  it.each(predictors)('$name converges with weak order 1', ({ law }) => {
    // The exact recursion from the exact law at tMax: what is left at tEnd is discretization error alone.
    const errors = [400, 800].map((n) => {
      let m: Moments = marginal(sde, sde.tMax);
      const at = grid(sde, n);
      at.slice(1).forEach((to, i) => (m = after(m, law(sde, at[i]!, to), marginal(sde, at[i]!))));
      const exact = marginal(sde, sde.tEnd);
      expect(Math.abs(m.mean - exact.mean)).toBeLessThan(0.1);
      return Math.abs(m.variance - exact.variance);
    });
    expect(errors[1]!).toBeLessThan(0.03);
    const order = Math.log2(errors[0]! / errors[1]!);
    expect(order).toBeGreaterThan(0.85);
    expect(order).toBeLessThan(1.2);
  });

  it('ancestral steps on data at one point have the exact variance at every time', async () => {
    const x0 = 0.8;
    let variance = sde.sigma(sde.tMax) ** 2;
    for (const [from, to] of steps) {
      const score: ScoreFn = (state) =>
        Promise.resolve(combine([-1 / sde.sigma(from) ** 2, shifted(state, sde.alpha(from) * x0)]));
      const predict = ancestral()(sde, score);
      // The mean is affine: its slope from two states, its noise from the keys.
      const pair = tensor([0, 1], [2, 1]);
      const reached = await predict(keys.slice(0, 2), pair, from, to);
      const slope = reached.mean.data[1]! - reached.mean.data[0]!;
      const z = normalBatch(keys.slice(0, 2), [1]).data[0]!;
      const noise = (reached.x.data[0]! - reached.mean.data[0]!) / z;
      variance = slope ** 2 * variance + noise ** 2;
      expect(variance / sde.sigma(to) ** 2).toBeCloseTo(1, 7);
      const fixed = reached.mean.data[0]! + slope * sde.alpha(from) * x0;
      expect(fixed).toBeCloseTo(sde.alpha(to) * x0, 9);
    }
  });

  it('Langevin by sigma follows its formula and has a known stationary variance', async () => {
    const t = times[5]!;
    const score = gaussianScore(sde, 2);
    const c = affineCorrector.law(sde, t, t);
    const reached = await affineCorrector.step(sde, score)(keys, x, t, t);
    expect((await langevin({ snr })(sde, score)(keys, x, t, t)).x).toEqual(reached.x); // the default
    const mean = combine([c.x, x], [c.s, await score(x, t)]);
    const z = normalBatch(
      keys.map((k) => foldIn(k, 0)),
      [2],
    );
    const next = combine([1, mean], [c.noise, z]);
    mean.data.forEach((v, i) => expect(reached.mean.data[i]).toBeCloseTo(v, 12));
    next.data.forEach((v, i) => expect(reached.x.data[i]).toBeCloseTo(v, 12));
    // V / (1 - eta / (2 V)): Langevin steps without rejection overshoot by the size of eta.
    const target = marginal(sde, t);
    let m: Moments = { mean: 5, variance: 0 };
    for (let i = 0; i < 500_000 && Math.abs(m.mean - target.mean) > 1e-13; i++) m = after(m, c, target);
    expect(m.mean).toBeCloseTo(target.mean, 9);
    expect(m.variance / (target.variance / (1 - c.s / (2 * target.variance)))).toBeCloseTo(1, 9);
  });

  it('Langevin by norm has the signal-to-noise ratio that is asked for, in each sample', async () => {
    const t = times[5]!;
    const reached = await langevin({ snr: 0.21, stepSize: 'norm' })(sde, gaussianScore(sde, 2))(keys, x, t, t);
    const signal = normPerSample(combine([1, reached.mean], [-1, x]));
    const noise = normPerSample(combine([1, reached.x], [-1, reached.mean]));
    // eta ||s|| against sqrt(2 eta) ||z|| with eta = 2 (r ||z|| / ||s||)^2 is r.
    signal.forEach((norm, i) => expect(norm / noise[i]!).toBeCloseTo(0.21, 9));
    // ... along the score.
    const s = await gaussianScore(sde, 2)(x, t);
    const along = dotPerSample(combine([1, reached.mean], [-1, x]), s);
    along.forEach((dot, i) => expect(dot / (signal[i]! * normPerSample(s)[i]!)).toBeCloseTo(1, 9));
  });

  it('several Langevin steps use new noise and a new score each', async () => {
    const t = times[5]!;
    const score = gaussianScore(sde, 2);
    const twice = await langevin({ steps: 2, stepSize: 'sigma', snr })(sde, score)(keys, x, t, t);
    const c = affineCorrector.law(sde, t, t);
    let state = x;
    for (const step of [0, 1]) {
      const z = normalBatch(
        keys.map((k) => foldIn(k, step)),
        [2],
      );
      state = combine([1, state], [c.s, await score(state, t)], [c.noise, z]);
    }
    state.data.forEach((v, i) => expect(twice.x.data[i]).toBeCloseTo(v, 11));
  });

  it('Langevin with a score of zero is a finite random step', async () => {
    const t = times[5]!;
    const reached = await langevin({ snr, stepSize: 'norm' })(sde, (state) => Promise.resolve(zeros(state.shape)))(
      keys,
      x,
      t,
      t,
    );
    expect(reached.mean.data).toEqual(x.data);
    const z = normalBatch(
      keys.map((k) => foldIn(k, 0)),
      [2],
    );
    z.data.forEach((v, i) => expect(reached.x.data[i]! - x.data[i]!).toBeCloseTo(2 * snr * sde.sigma(t) * v, 10));
  });
});

function shifted(state: typeof x, by: number): typeof x {
  return { shape: state.shape, data: state.data.map((v) => v - by) };
}

describe('the discrete models', () => {
  // Tables as an SDE whose time is the index of the step, from the formulas of the papers; f and g are not used.
  const never = (): never => {
    throw new Error('a discrete model has no continuous coefficients');
  };
  const score: ScoreFn = (state) => Promise.resolve(combine([-0.7, state]));

  it('DDPM: ancestral and reverse diffusion steps in terms of beta', async () => {
    const { beta, alphaBar, posteriorVariance } = ddpmTables();
    const sde: Sde = {
      kind: 'ddpm',
      tMin: 0,
      tEnd: 0,
      tMax: 999,
      priorStd: 1,
      alpha: (i) => Math.sqrt(alphaBar[i]!),
      sigma: (i) => Math.sqrt(1 - alphaBar[i]!),
      f: never,
      g: never,
    };
    const z = normalBatch(keys, [2]);
    for (const i of [1, 2, 500, 999]) {
      const s = await score(x, i);
      const b = beta[i]!;
      const mean = combine([1 / Math.sqrt(1 - b), x], [b / Math.sqrt(1 - b), s]);
      const small = await ancestral()(sde, score)(keys, x, i, i - 1);
      const large = await ancestral({ variance: 'forward' })(sde, score)(keys, x, i, i - 1);
      const reverse = await reverseDiffusion()(sde, score)(keys, x, i, i - 1);
      const expected = [
        [small.mean, mean],
        [small.x, combine([1, mean], [Math.sqrt(posteriorVariance[i]!), z])],
        [large.x, combine([1, mean], [Math.sqrt(b), z])],
        [reverse.mean, combine([2 - Math.sqrt(1 - b), x], [b, s])],
      ] as const;
      for (const [actual, wanted] of expected) wanted.data.forEach((v, j) => expect(actual.data[j]).toBeCloseTo(v, 9));
    }
  });

  it('SMLD: the ancestral step between two levels', async () => {
    const sigmas = smldSigmas();
    const constant = { kind: 'smld', tMin: 0, tEnd: 0, tMax: 999, priorStd: 50, f: never, g: never };
    const sde: Sde = { ...constant, alpha: () => 1, sigma: (i) => sigmas[i]! };
    const z = normalBatch(keys, [2]);
    for (const i of [1, 500, 999]) {
      const [high, low] = [sigmas[i]! ** 2, sigmas[i - 1]! ** 2];
      const reached = await ancestral()(sde, score)(keys, x, i, i - 1);
      const mean = combine([1, x], [high - low, await score(x, i)]);
      const next = combine([1, mean], [Math.sqrt((low * (high - low)) / high), z]);
      next.data.forEach((v, j) => expect(reached.x.data[j]! / v).toBeCloseTo(1, 10));
    }
  });
});

it('a corrector does not know how many steps the predictor takes', async () => {
  // The published corrector of the VP SDE has a factor 1 - beta_i that depends on the number of steps.
  const sde = vp();
  const [coarse, fine] = [uniformGrid(sde, 10), uniformGrid(sde, 1000)];
  expect(coarse[5]).toBeCloseTo(fine[500]!, 12);
  const step = langevin({ snr, stepSize: 'norm' })(sde, gaussianScore(sde, 2));
  const a = await step(keys, x, coarse[5]!, coarse[5]!);
  const b = await step(keys, x, coarse[5]!, fine[501]!);
  expect(a.x.data).toEqual(b.x.data);
});

it.each([{ snr: 0 }, { snr: NaN }, { steps: 0 }, { steps: 1.5 }])('Langevin refuses %o', (options) => {
  expect(() => langevin(options)).toThrow(ConfigError);
});

describe('Langevin steps on N(0, I)', () => {
  // sigma(1) = 1.
  const unit = edm();
  const minus: ScoreFn = (state) => Promise.resolve(combine([-1, state]));

  it.each([
    { d: 8, r: 0.16, n: 20000 },
    { d: 8, r: 0.4, n: 20000 },
    { d: 32, r: 0.16, n: 10000 },
    { d: 256, r: 0.3, n: 2000 },
  ])(
    'by norms and by sigma change the variance as documented: d = $d, r = $r (n = $n, 4 standard errors)',
    async ({ d, r, n }) => {
      const own = split(foldIn(key(88), d), n);
      const start = normalBatch(
        own.map((k) => foldIn(k, 'start')),
        [d],
      );
      const before = dotPerSample(start, start);
      const step = 4 * r ** 4;
      const documented = { norm: (16 * r ** 2) / (d - 2) + (step * (d + 2)) / (d - 2), sigma: step } as const;
      for (const stepSize of ['norm', 'sigma'] as const) {
        const { x: end } = await langevin({ snr: r, stepSize })(unit, minus)(own, start, 1, 1);
        // Differences from the start, whose law is known, vary less than the squares themselves.
        const { mean, variance } = momentsOf(dotPerSample(end, end).map((square, i) => (square - before[i]!) / d));
        expect(Math.abs(mean - documented[stepSize])).toBeLessThan(4 * Math.sqrt(variance / n));
      }
    },
  );

  it('by norms end at the variance ((d + 2) / d)^2 (300 steps, 4 standard errors and the 4 r^2 of the step)', async () => {
    for (const [d, n] of [
      [1, 4000],
      [4, 4000],
      [64, 300],
    ] as const) {
      const own = split(foldIn(key(89), d), n);
      const start = normalBatch(
        own.map((k) => foldIn(k, 'start')),
        [d],
      );
      const { x: end } = await langevin({ snr: 0.1, steps: 300, stepSize: 'norm' })(unit, minus)(own, start, 1, 1);
      const { mean, variance } = momentsOf(dotPerSample(end, end).map((square) => square / d));
      const limit = ((d + 2) / d) ** 2;
      expect(Math.abs(mean / limit - 1)).toBeLessThan((4 * Math.sqrt(variance / n)) / limit + 0.04);
    }
  });
});
