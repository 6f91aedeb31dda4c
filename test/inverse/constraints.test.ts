/** @file Moves under constraints, by their formulas. */
import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { buildPosteriorSampler } from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { ddrm, type DdrmOptions } from '../../src/inverse/posterior/ddrm.ts';
import { dps } from '../../src/inverse/guidance/dps.ts';
import { mixtureDraws } from '../../src/inverse/posterior/exact-posterior.ts';
import { measure } from '../../src/inverse/measurement.ts';
import { identity } from '../../src/inverse/operator/sensing/identity.ts';
import { matrix } from '../../src/inverse/operator/sensing/matrix.ts';
import { constrain } from '../../src/inverse/problem.ts';
import { projection, replacement } from '../../src/inverse/posterior/projection.ts';
import { repaintWalk } from '../../src/inverse/posterior/repaint.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { ddim } from '../../src/sample/steps/ddim.ts';
import { finish } from '../../src/sample/sampler.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { gaussianPrior, mixturePrior, operators, problemOf } from './cases.ts';

const keys = split(key(2), 3);
const prior = mixturePrior(4);
const [everything, half, sums] = operators(4) as [
  ReturnType<typeof identity>,
  ReturnType<typeof identity>,
  ReturnType<typeof identity>,
];
const x = normalBatch(split(key(4), 3), [4]);
const [from, to] = [0.6, 0.55];

function problem(operator: typeof half, noiseStd = 0, sde = vp()): ReturnType<typeof problemOf> {
  return problemOf(
    sde,
    prior,
    measure(split(key(3), 3), { operator, noiseStd }, mixtureDraws(split(key(5), 3), prior)),
  );
}

const expectClose = (found: Tensor, expected: Tensor): void => {
  expect(found.shape).toEqual(expected.shape);
  expected.data.forEach((v, i) => expect(found.data[i]).toBeCloseTo(v, 10));
};
const noise = normalBatch(
  keys.map((k) => foldIn(k, 'measurement')),
  [4],
);

describe('replacement', () => {
  it('gives what is known the law of the time that the step reaches, and the mean no noise', async () => {
    const own = problem(half);
    const reached = await constrain(replacement(), ancestral())(own)(keys, x, from, to);
    const free = await ancestral()(own.sde, own.score)(keys, x, from, to);
    const { y } = own.measurement;
    // The mask knows coordinates 0 and 2.
    for (const [of, without, std] of [
      [reached.x, free.x, own.sde.sigma(to)],
      [reached.mean, free.mean, 0],
    ] as const)
      of.data.forEach((v, at) => {
        const [i, j] = [Math.floor(at / 4), at % 4];
        const known = own.sde.alpha(to) * y.data[2 * i + j / 2]! + std * noise.data[at]!;
        expect(v).toBeCloseTo(j % 2 === 0 ? known : without.data[at]!, 12);
      });
  });

  it('makes the measurement that of the diffused data for operators of any kind', async () => {
    for (const operator of [everything, sums]) {
      const own = problem(operator);
      const reached = await constrain(replacement(), ancestral())(own)(keys, x, from, to);
      const { y } = own.measurement;
      expectClose(operator.apply(reached.mean), combine([own.sde.alpha(to), y]));
      expectClose(
        operator.apply(reached.x),
        combine([own.sde.alpha(to), y], [own.sde.sigma(to), operator.apply(noise)]),
      );
    }
  });
});

describe('projection', () => {
  it.each([0.3, 1])('weighs the measured coordinates of the state with lambda %d before the step', async (weight) => {
    const own = problem(half);
    let seen: Tensor | undefined;
    await projection({ weight })(own)((_keys, state) => {
      seen = state;
      return Promise.resolve({ x: state, mean: state });
    })(keys, x, from, to);
    seen!.data.forEach((v, at) => {
      const [i, j] = [Math.floor(at / 4), at % 4];
      const known =
        own.sde.alpha(from) * own.measurement.y.data[2 * i + j / 2]! + own.sde.sigma(from) * noise.data[at]!;
      expect(v).toBeCloseTo(j % 2 === 0 ? weight * known + (1 - weight) * x.data[at]! : x.data[at]!, 12);
    });
  });

  it('is the step itself with lambda 0', () => {
    const own = problem(half);
    const step = ancestral()(own.sde, own.score);
    expect(projection({ weight: 0 })(own)(step)).toBe(step);
  });
});

it('DPS steps against the gradient of the misfit norm, by central differences', async () => {
  const own = problem(sums, 0.2);
  const zeta = 0.7;
  const reached = await constrain(dps({ stepSize: zeta }), ancestral())(own)(keys, x, from, to);
  const free = await ancestral()(own.sde, own.score)(keys, x, from, to);
  const [alpha, sigma] = [own.sde.alpha(from), own.sde.sigma(from)];
  const norms = async (state: Tensor): Promise<number[]> => {
    const denoised = combine([1 / alpha, state], [sigma ** 2 / alpha, await own.score(state, from)]);
    const misfit = combine([1, own.measurement.y], [-1, sums.apply(denoised)]).data;
    return [0, 1, 2].map((i) => Math.hypot(misfit[2 * i]!, misfit[2 * i + 1]!));
  };
  const h = 1e-5;
  for (let j = 0; j < 4; j++) {
    const shifted = (by: number): Tensor => tensor(x.data.map((v, at) => (at % 4 === j ? v + by : v)), x.shape); // prettier-ignore
    const [up, down] = [await norms(shifted(h)), await norms(shifted(-h))];
    for (let i = 0; i < 3; i++) {
      const gradient = (up[i]! - down[i]!) / (2 * h);
      expect(reached.x.data[4 * i + j]! - free.x.data[4 * i + j]!).toBeCloseTo(-zeta * gradient, 8);
      expect(reached.mean.data[4 * i + j]! - free.mean.data[4 * i + j]!).toBeCloseTo(-zeta * gradient, 8);
    }
  }
  // One evaluation of the score where the step and the misfit ask for the same, and one of the derivative.
  const result = await finish(buildPosteriorSampler('dps', { steps: 7 })({ ...own, shape: [4], keys }));
  expect(result.evals).toEqual([15, 15, 15]);
});

describe('DDRM', () => {
  // Singular values 2, 0.5 and 1e-3 along the coordinates, and one that is not measured.
  const values = [2, 0.5, 1e-3];
  const diagonal = matrix([4], tensor(values.flatMap((s, i) => [0, 1, 2, 3].map((j) => (i === j ? s : 0))), [3, 4])); // prettier-ignore

  it.each([{}, { eta: 0.3, etaB: 0.6 }])(
    'follows its formula for each singular value with %o',
    async (options: DdrmOptions) => {
      const { eta = 0.85, etaB = 1 } = options;
      const own = problem(diagonal, 0.2);
      const { sde } = own;
      const reached = await ddrm(options)(own)(keys, x, from, to);
      const s = await own.score(x, from);
      const [level, next] = [noiseRatio(sde, from), noiseRatio(sde, to)];
      const z = diagonal.svd!.v(normalBatch(keys, [4]));
      expect(2 * next).toBeGreaterThan(0.2); // case 1 is of the first two values, case 2 of the third
      expect(1e-3 * next).toBeLessThan(0.2);
      const signs = diagonal.svd!.v(diagonal.svd!.vt(tensor([1, 1, 1, 1], [1, 4]))).data;
      signs.forEach((v) => expect(v).toBeCloseTo(1, 12));
      reached.x.data.forEach((v, at) => {
        const [i, j] = [Math.floor(at / 4), at % 4];
        const d = (x.data[at]! + sde.sigma(from) ** 2 * s.data[at]!) / sde.alpha(from);
        const state = x.data[at]! / sde.alpha(from);
        const u = own.measurement.y.data[3 * i + j]! / (values[j] ?? NaN);
        const kept = Math.sqrt(1 - eta ** 2) * next;
        const [mean, std] =
          j === 3
            ? [d + (kept * (state - d)) / level, eta * next]
            : j === 2
              ? [d + (kept * (u - d) * 1e-3) / 0.2, eta * next]
              : [(1 - etaB) * d + etaB * u, Math.sqrt(next ** 2 - ((etaB * 0.2) / values[j]!) ** 2)];
        expect(reached.mean.data[at]!).toBeCloseTo(sde.alpha(to) * mean, 9);
        expect(v).toBeCloseTo(sde.alpha(to) * (mean + std * z.data[at]!), 9);
      });
    },
  );

  it('is DDIM of the same eta where nothing is measured well', async () => {
    // The noise that DDRM adds is eta sigma; that of DDIM is eta of the posterior's, so they agree without noise.
    const own = problem(diagonal, 1e9);
    const reached = await ddrm({ eta: 0 })(own)(keys, x, from, to);
    const free = await ddim()(own.sde, own.score)(keys, x, from, to);
    const unmeasured = (of: Tensor): number[] => [...of.data].filter((_, at) => at % 4 === 3);
    unmeasured(free.x).forEach((v, i) => expect(unmeasured(reached.x)[i]).toBeCloseTo(v, 9));
  });
});

describe('RePaint', () => {
  it('takes the published 250 steps in 2410 evaluations', () => {
    const walk = repaintWalk(250, { jumpLength: 10, resamplings: 10 });
    const steps = walk.slice(1).map((place, i) => place - walk[i]!);
    expect(steps.every((step) => Math.abs(step) === 1)).toBe(true);
    expect(steps.filter((step) => step > 0).length).toBe(2410);
    expect(steps.filter((step) => step < 0).length).toBe(2160);
    expect([walk[0], walk.at(-1)]).toEqual([0, 250]);
  });

  it('repeats each part as often as `resamplings` says', () => {
    expect(repaintWalk(5, { jumpLength: 2, resamplings: 1 })).toEqual([0, 1, 2, 3, 4, 5]);
    expect(repaintWalk(5, { jumpLength: 2, resamplings: 2 })).toEqual([0, 1, 2, 3, 2, 1, 2, 3, 4, 5, 4, 3, 4, 5]);
  });

  it('noises by the transition of the SDE, so that the prior stays what it is', async () => {
    // Going back and forth without anything measured leaves a Gaussian prior: n = 4000, five standard errors, and 2 % for
    // the error of 60 ancestral steps.
    const own = gaussianPrior(2);
    const far = { operator: identity([2]), y: tensor([0, 0], [1, 2]), noiseStd: 0 };
    const free = { ...far, operator: { ...far.operator, pseudoInverse: (y: Tensor) => combine([0, y]) } };
    const n = 4000;
    const sampler = buildPosteriorSampler('repaint', { steps: 60, jumpLength: 5, resamplings: 2 });
    const { x: found } = await finish(sampler({ ...problemOf(ve(), own, free), shape: [2], keys: split(key(8), n) }));
    for (const j of [0, 1]) {
      const values = [...found.data].filter((_, at) => at % 2 === j);
      const mean = values.reduce((a, b) => a + b / n, 0);
      const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2 / n, 0));
      const expected = (own.stds as Tensor).data[j]!;
      expect(Math.abs(mean - own.means.data[j]!)).toBeLessThan((5 * expected) / Math.sqrt(n) + 0.02);
      expect(Math.abs(std / expected - 1)).toBeLessThan(5 / Math.sqrt(2 * n) + 0.02);
    }
  });
});
