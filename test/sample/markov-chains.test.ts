import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key, split, type Key } from '../../src/base/key.ts';
import { normalBatch, uniform } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { annealedLangevin } from '../../src/sample/correctors/annealed-langevin.ts';
import { consistentAnnealed } from '../../src/sample/steps/consistent-annealed.ts';
import { hamiltonian } from '../../src/sample/correctors/hamiltonian.ts';
import { langevin } from '../../src/sample/correctors/langevin.ts';
import { langevinDynamics } from '../../src/sample/correctors/langevin-dynamics.ts';
import { mala } from '../../src/sample/correctors/mala.ts';
import { accepts } from '../../src/sample/correctors/metropolis.ts';
import type { SamplerStepOf } from '../../src/sample/sampler-step.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish, type Sampler } from '../../src/sample/sampler.ts';
import { empirical } from '../../src/sde/exact/empirical.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { logSnrGrid } from '../../src/sde/time/time-grid.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { kolmogorovSmirnov, normalCdf } from '../base/statistics.ts';
import { allSdes } from '../sde/all.ts';
import { affineCorrector, snr } from './all.ts';
import { after, denoising, gaussianScore, marginal, momentsOf, type Moments } from './gaussian-case.ts';

const n = 4000;
const keys = split(key(101), n);
const few = keys.slice(0, 3);
const state = tensor([0.1, -2, 0.7, 3, -0.4, 0], [3, 2]);
const folded = (of: readonly Key[], data: number | string): readonly Key[] => of.map((k) => foldIn(k, data));

/** Two modes in one dimension: weights 0.3 and 0.7 at -1 and 0.8, standard deviations 0.3. */
const [modes, spread, lower] = [[-1, 0.8] as const, 0.3, 0.3];
const mixtureOf = (sde: Sde): ReturnType<typeof gaussianMixture> =>
  gaussianMixture(sde, { means: tensor(modes, [2, 1]), stds: spread, weights: [lower, 1 - lower] });

/** A noise level at which the modes of every SDE are apart but joined. */
const middle = (sde: Sde): number => timeOfNoiseRatio(sde, 0.5);

/** Draws of p_t. */
function draws(sde: Sde, t: number): Tensor {
  const [alpha, std] = [sde.alpha(t), Math.hypot(sde.alpha(t) * spread, sde.sigma(t))];
  const z = normalBatch(folded(keys, 'draw'), [1]);
  return {
    ...z,
    data: z.data.map((v, i) => alpha * modes[uniform(foldIn(keys[i]!, 'mode'), 1)[0]! < lower ? 0 : 1] + std * v),
  };
}

async function expectMoments(sde: Sde, sampler: Sampler, expected: Moments): Promise<void> {
  const request = { sde, score: gaussianScore(sde, 10), shape: [10], keys: keys.slice(0, n / 10) };
  const { x } = await finish(sampler(request));
  const { mean, variance } = momentsOf(x.data);
  expect(Math.abs(mean - expected.mean)).toBeLessThan(5 * Math.sqrt(expected.variance / n));
  expect(Math.abs(variance / expected.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
}

async function distanceAfter(sde: Sde, corrector: SamplerStepOf, steps: number): Promise<number> {
  const t = middle(sde);
  let x = draws(sde, t);
  const step = corrector(sde, mixtureOf(sde).score);
  for (let i = 0; i < steps; i++) ({ x } = await step(folded(keys, i), x, t, t));
  const [alpha, std] = [sde.alpha(t), Math.hypot(sde.alpha(t) * spread, sde.sigma(t))];
  const cdf = (v: number): number =>
    lower * normalCdf((v - alpha * modes[0]) / std) + (1 - lower) * normalCdf((v - alpha * modes[1]) / std);
  return kolmogorovSmirnov(x.data, cdf);
}

// At one noise level x / alpha has one law under every SDE; two SDEs show it.
describe.each([ve(), vp()])('draws of a mixture under $kind', (sde) => {
  const { logDensity } = mixtureOf(sde);
  const stepSize = 1.2;
  const leap = 1.6;

  it('stay draws of it under MALA (n = 4000; 1.95 is a one in a thousand event)', async () => {
    expect(await distanceAfter(sde, mala({ logDensity, stepSize, steps: 2 }), 4)).toBeLessThan(1.95);
  });

  it('stay draws of it under Hamiltonian Monte Carlo', async () => {
    const corrector = hamiltonian({ logDensity, stepSize: leap, leapfrogs: 3, steps: 2 });
    expect(await distanceAfter(sde, corrector, 4)).toBeLessThan(1.95);
  });

  it('do not without the test of acceptance, whose absence this would notice', async () => {
    expect(await distanceAfter(sde, langevin({ stepSize: 'sigma', snr: Math.sqrt(stepSize / 2) }), 8)).toBeGreaterThan(
      2.5,
    );
    expect(await distanceAfter(sde, hamiltonian({ stepSize: leap, leapfrogs: 3 }), 8)).toBeGreaterThan(2.5);
  });
});

describe.each(allSdes)('one step under $kind', (sde) => {
  const t = middle(sde);
  const { score, logDensity } = gaussianMixture(sde, { means: tensor([1, 0, 0, -1], [2, 2]), stds: [0.3, 0.5] });

  it('of MALA is taken with the probability of its definition', async () => {
    const eta = 0.9 * sde.sigma(t) ** 2;
    const many = keys.slice(0, 100);
    const x = normalBatch(folded(many, 'start'), [2]);
    const reached = await mala({ logDensity, stepSize: 0.9 })(sde, score)(many, x, t, t);
    const z = normalBatch(folded(folded(many, 0), 'noise'), [2]);
    const s = await score(x, t);
    const y = combine([1, x], [eta, s], [Math.sqrt(2 * eta), z]);
    const sy = await score(y, t);
    const [before, then] = [logDensity(x, t), logDensity(y, t)];
    // log q(b | a) = -||b - a - eta s(a)||^2 / (4 eta).
    const logQ = (b: Tensor, a: Tensor, sa: Tensor, i: number): number =>
      [0, 1].reduce(
        (sum, j) => sum - (b.data[2 * i + j]! - a.data[2 * i + j]! - eta * sa.data[2 * i + j]!) ** 2 / (4 * eta),
        0,
      );
    let taken = 0;
    many.forEach((k, i) => {
      const ratio = then[i]! - before[i]! + logQ(x, y, sy, i) - logQ(y, x, s, i);
      const expected = Math.log(uniform(foldIn(foldIn(k, 0), 'accept'), 1)[0]!) < ratio ? y : x;
      for (const j of [0, 1]) expect(reached.x.data[2 * i + j]).toBe(expected.data[2 * i + j]);
      taken += Number(expected === y);
    });
    expect(taken).toBeGreaterThan(10);
    expect(taken).toBeLessThan(99);
  });

  it('of Hamiltonian Monte Carlo turns a Gaussian by the angle of the leapfrog method', async () => {
    const std = 0.5;
    const mean = tensor([0.3, -0.2], [2]);
    const normal = gaussian(sde, { mean, std });
    const stepSize = 0.8;
    const reached = await hamiltonian({ stepSize, leapfrogs: 7 })(sde, normal.score)(few, state, t, t);
    const p = normalBatch(folded(folded(few, 0), 'momentum'), [2]);
    // dp = -omega^2 (x - mean): cos(theta) = 1 - (h omega)^2 / 2.
    const omega = 1 / Math.hypot(sde.alpha(t) * std, sde.sigma(t));
    const h = stepSize * sde.sigma(t);
    const theta = 7 * Math.acos(1 - (h * omega) ** 2 / 2);
    const amplitude = omega * Math.sqrt(1 - (h * omega) ** 2 / 4);
    state.data.forEach((v, i) => {
      const m = sde.alpha(t) * mean.data[i % 2]!;
      const exact = m + Math.cos(theta) * (v - m) + (Math.sin(theta) / amplitude) * p.data[i]!;
      expect(reached.x.data[i]).toBeCloseTo(exact, 10);
    });
  });

  it('of annealed Langevin dynamics is that of both published conventions, at the level that it goes to', async () => {
    const stepSize = 0.2;
    const [from, to] = [t, timeOfNoiseRatio(sde, 0.3)];
    const alpha = stepSize * sde.sigma(to) ** 2; // epsilon (sigma_i / sigma_L)^2
    const s = await score(state, to);
    const z = normalBatch(folded(few, 0), [2]);
    const code = combine([1, state], [alpha, s], [Math.sqrt(2 * alpha), z]);
    const paper = combine([1, state], [alpha / 2, s], [Math.sqrt(alpha), z]);
    for (const [convention, expected] of [
      ['code', code],
      ['paper', paper],
    ] as const) {
      const reached = await annealedLangevin({ stepSize, steps: 1, convention })(sde, score)(few, state, from, to);
      reached.x.data.forEach((v, i) => expect(v).toBeCloseTo(expected.data[i]!, 12));
    }
  });

  it('of consistent annealed sampling is a Langevin step with the noise of the next level', async () => {
    const freshness = 0.4;
    const [from, to] = [t, timeOfNoiseRatio(sde, 0.42)];
    const reached = await consistentAnnealed({ freshness })(sde, score)(few, state, from, to);
    // In y = x / alpha with the noise level r.
    const [r, next] = [sde.sigma(from) / sde.alpha(from), sde.sigma(to) / sde.alpha(to)];
    const eta = 1 - (Math.sqrt(1 - freshness ** 2) * next) / r;
    const s = await score(state, from);
    const z = normalBatch(few, [2]);
    const y = combine([1 / sde.alpha(from), state], [eta * r * r * sde.alpha(from), s], [freshness * next, z]);
    reached.x.data.forEach((v, i) => expect(v).toBeCloseTo(sde.alpha(to) * y.data[i]!, 12));
  });

  it('of consistent annealed sampling keeps the law of data at one point (n = 4000, 5 standard errors)', async () => {
    const sampler = predictorCorrector({ predictor: consistentAnnealed(), steps: 6, grid: logSnrGrid });
    const exact = empirical(sde, tensor([0.3], [1, 1])).score;
    for await (const { x, t: at } of sampler({ sde, score: exact, shape: [1], keys })) {
      const { variance } = momentsOf(x.data);
      expect(Math.abs(variance / sde.sigma(at) ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    }
  });
});

it('the published step sizes of annealed Langevin dynamics are the published snr', async () => {
  const sde = ve();
  const score = gaussianScore(sde, 2);
  for (const [epsilon, ratio] of [
    [2e-5, 0.316],
    [6.2e-6, 0.176],
    [3.3e-6, 0.128],
    [1.8e-6, 0.095],
  ] as const) {
    const annealed = await annealedLangevin({ stepSize: epsilon / 0.01 ** 2 })(sde, score)(few, state, 0.8, 0.7);
    const corrected = await langevin({ snr: ratio, steps: 5, stepSize: 'sigma' })(sde, score)(few, state, 0.7, 0.7);
    // snr is printed to three digits, of a step that steps the state by less than 10.
    annealed.x.data.forEach((v, i) => expect(Math.abs(v - corrected.x.data[i]!)).toBeLessThan(0.05));
  }
});

it("the default of consistent annealed sampling is NCSNv2's step size on CIFAR-10", () => {
  const growth = 5000 ** (1 / 231); // 232 levels from 0.01 to 50
  expect(Math.sqrt(1 - ((1 - 6.2e-6 / 0.01 ** 2) * growth) ** 2)).toBeCloseTo(0.23, 2);
});

describe.each(allSdes)('annealed Langevin dynamics of $kind', (sde) => {
  it('has the moments of its recursion (n = 4000, 5 standard errors)', async () => {
    const predictor = annealedLangevin({ stepSize: 2 * snr ** 2, steps: 3 });
    const sampler = predictorCorrector({ predictor, steps: 30, grid: logSnrGrid });
    let expected: Moments = { mean: 0, variance: sde.priorStd ** 2 };
    for (const t of logSnrGrid(sde, 30)
      .slice(1)
      .flatMap((level) => [level, level, level]))
      expected = after(expected, affineCorrector.law(sde, t, t), marginal(sde, t));
    await expectMoments(sde, sampler, after(expected, denoising(sde, sde.tEnd), marginal(sde, sde.tEnd)));
  });
});

describe.each(allSdes)('Langevin dynamics of $kind', (sde) => {
  it('has the moments of its recursion (n = 4000, 5 standard errors)', async () => {
    const sampler = langevinDynamics({ corrector: affineCorrector.step, steps: 50 });
    let expected: Moments = { mean: 0, variance: sde.priorStd ** 2 };
    const target = marginal(sde, sde.tEnd);
    for (let i = 0; i < 50; i++) expected = after(expected, affineCorrector.law(sde, sde.tEnd, sde.tEnd), target);
    expected = after(expected, denoising(sde, sde.tEnd), target);
    await expectMoments(sde, sampler, expected);
  });
});

describe.each(allSdes)('chains with a test of acceptance under $kind', (sde) => {
  const { score, logDensity } = gaussianMixture(sde, { means: tensor([1, 0, 0, -1], [2, 2]), stds: [0.3, 0.5] });

  it.each([
    ['MALA', mala({ logDensity, stepSize: 0.9, steps: 3 }), 4],
    ['Hamiltonian Monte Carlo', hamiltonian({ logDensity, stepSize: 1, leapfrogs: 2, steps: 3 }), 7],
  ] as const)('%s: a batch is its samples, bit for bit, and evaluations are counted', async (_, corrector, evals) => {
    const request = { sde, score, shape: [2], keys: few };
    const sampler = langevinDynamics({ corrector, steps: 10, denoiseLast: false });
    const together = await finish(sampler(request));
    expect(together.evals).toEqual(few.map(() => 10 * evals));
    for (const [i, one] of few.entries()) {
      const alone = await finish(sampler({ ...request, keys: [one] }));
      expect(alone.x.data).toEqual(together.x.data.slice(2 * i, 2 * i + 2));
    }
  });
});

it('a proposal that is not a number is not taken', () => {
  expect(accepts(few, [NaN, Infinity, -Infinity])).toEqual([false, true, false]);
});

it.each([
  () => mala({ logDensity: () => Float64Array.of(0), stepSize: 0 }),
  () => mala({ logDensity: () => Float64Array.of(0), steps: 0.5 }),
  () => hamiltonian({ stepSize: -1 }),
  () => hamiltonian({ leapfrogs: 0 }),
  () => annealedLangevin({ stepSize: 0 }),
  () => annealedLangevin({ steps: 0 }),
  () => consistentAnnealed({ freshness: 1.1 }),
  () => langevinDynamics({ steps: 0 }),
])('%s is refused', (build) => {
  expect(build).toThrow(ConfigError);
});
