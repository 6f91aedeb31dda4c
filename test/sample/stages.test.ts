/** @file Stages of growing resolution on Gaussian data, whose error is known in closed form. */
import { describe, expect, it } from 'vitest';
import { combine, dotPerSample } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { finish, type Sampler } from '../../src/sample/sampler.ts';
import { detailVariance, halving } from '../../src/sample/stages/halving.ts';
import { liftDivergence } from '../../src/sample/stages/lift-divergence.ts';
import { lifted, liftedScore, stages, type Stage } from '../../src/sample/stages/stages.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import type { Sde } from '../../src/sde/sde.ts';

const correlated = (d: number): number[] =>
  Array.from({ length: d * d }, (_, k) => 0.9 ** Math.abs(Math.floor(k / d) - (k % d)));
/** Covariance of means of pairs. */
const pooled = (c: readonly number[], d: number): number[] =>
  Array.from({ length: (d * d) / 4 }, (_, k) => {
    const [i, j] = [2 * Math.floor((2 * k) / d), 2 * (k % (d / 2))];
    return [0, 1].reduce((sum, a) => sum + [0, 1].reduce((own, b) => own + c[(i + a) * d + j + b]! / 4, 0), 0);
  });

/** -(alpha^2 C + sigma^2)^-1 x, by elimination. */
function gaussianScore(sde: Sde, c: readonly number[], d: number): ScoreFn {
  return (x, t) => {
    const time = typeof t === 'number' ? t : undefined;
    const out = Float64Array.from(x.data, (v) => -v);
    for (let row = 0; row < out.length / d; row++) {
      const u = time ?? (t as readonly number[])[row]!;
      const a = c.map((v, i) => sde.alpha(u) ** 2 * v + (i % (d + 1) === 0 ? sde.sigma(u) ** 2 : 0));
      const b = out.subarray(row * d, (row + 1) * d);
      for (let k = 0; k < d; k++)
        for (let i = 0; i < d; i++) {
          if (i === k) continue;
          const factor = a[i * d + k]! / a[k * d + k]!;
          for (let j = 0; j < d; j++) a[i * d + j]! -= factor * a[k * d + j]!;
          b[i]! -= factor * b[k]!;
        }
      for (let k = 0; k < d; k++) b[k]! /= a[k * d + k]!;
    }
    return Promise.resolve(tensor(out, x.shape));
  };
}

describe('halving', () => {
  it.each([[[8]], [[3, 4]], [[2, 4, 6]], [[1, 2, 4, 2]]])('of %j is orthonormal', (shape) => {
    const way = halving(shape);
    const [x, y] = [normalBatch(split(key(1), 3), shape), normalBatch(split(key(2), 3), way.half)];
    const same = (a: Tensor, b: Tensor): void => a.data.forEach((v, i) => expect(v).toBeCloseTo(b.data[i]!, 12));
    same(way.down(way.up(y)), y);
    dotPerSample(way.down(x), y).forEach((v, i) => expect(v).toBeCloseTo(dotPerSample(x, way.up(y))[i]!, 12));
    same(way.down(way.detail(x)), combine([0, y]));
    // A constant of 1 becomes the factor: pooling is the mean, times it.
    const ones = combine([0, x]);
    ones.data.fill(1);
    way.down(ones).data.forEach((v) => expect(v).toBeCloseTo(way.factor, 12));
  });

  it('refuses what has no half', () => {
    expect(() => halving([1, 3, 4])).toThrow('shape: expected sides that can be halved, got [1, 3, 4]');
  });
});

const c8 = correlated(8);

it('measures the variance that is lost: .1 of neighbors that correlate by .9', () => {
  // Rows of the root of C are data of covariance C: n rows of sqrt(n) L^T.
  const n = 4000;
  const z = normalBatch(split(key(4), n), [8]);
  const chain = Float64Array.from(z.data);
  for (let i = 0; i < chain.length; i++)
    if (i % 8 > 0) chain[i] = 0.9 * chain[i - 1]! + Math.sqrt(1 - 0.81) * z.data[i]!;
  expect(detailVariance(halving([8]), tensor(chain, [n, 8]))).toBeCloseTo(0.1, 2);
});

it.each([
  [0.1, 0.431036, 15.635],
  [0.5, 0.077098, 0.204154],
  [1, 0.013156, 0.022536],
  [2, 0.001422, 0.002037],
  [5, 5.0e-5, 6.6e-5],
])('a lift at sigma %d costs %d nats with s_perp and %d without it', (sigma, withDetail, without) => {
  const digits = sigma === 5 ? 6 : 5;
  expect(liftDivergence(c8, { sigma, detail: 0.1 })).toBeCloseTo(withDetail, digits);
  expect(liftDivergence(c8, { sigma, detail: 0 })).toBeCloseTo(without, sigma === 0.1 ? 3 : digits);
});

/** KL(N(0, A) || N(0, B)) by the determinants and the inverse of B. */
function divergence(a: readonly number[], b: readonly number[], d: number): number {
  let [trace, logs] = [0, 0];
  const [left, right] = [[...b], [...a]];
  const other = [...a];
  for (let k = 0; k < d; k++) {
    logs += Math.log(left[k * d + k]!) - Math.log(other[k * d + k]!);
    for (const [m, more] of [
      [left, right],
      [other, undefined],
    ] as const)
      for (let i = m === left ? 0 : k + 1; i < d; i++) {
        if (i === k) continue;
        const factor = m[i * d + k]! / m[k * d + k]!;
        for (let j = 0; j < d; j++) {
          m[i * d + j]! -= factor * m[k * d + j]!;
          if (more) more[i * d + j]! -= factor * more[k * d + j]!;
        }
      }
  }
  for (let k = 0; k < d; k++) trace += right[k * d + k]! / left[k * d + k]!;
  return (trace - d + logs) / 2;
}

const flow = (denoiseLast: boolean): Sampler => probabilityFlow({ rtol: 1e-4, atol: 1e-4, denoiseLast });

it.each([
  ['edm', 'edm', edm({ sigmaMin: 0.01 }), edm({ sigmaMin: 0.01, sigmaMax: 5 })],
  ['vp', 'edm', vp(), edm({ sigmaMin: 0.01 })],
])('two stages under %s and %s miss the covariance by what the lift costs', async (_, __, low, high) => {
  const until = 0.5;
  const n = 2500;
  const list: Stage[] = [
    {
      sde: low,
      score: gaussianScore(low, pooled(c8, 8), 4),
      shape: [4],
      sampler: flow(false),
      lift: { until, detail: 0.1 },
    },
    { sde: high, score: gaussianScore(high, c8, 8), shape: [8], sampler: flow(true) },
  ];
  const { x, evals, evalsByStage } = await finish(stages(list)(split(key(6), n)));
  const found = Array.from({ length: 64 }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x.data[i * 8 + Math.floor(k / 8)]! * x.data[i * 8 + (k % 8)]!;
    return sum / n;
  });
  expect(evals[0]).toBe(evalsByStage[0]![0]! + evalsByStage[1]![0]!);
  // An estimate of a covariance in 8 dimensions is d (d + 1) / (4 n) away on average, with a spread of sqrt(d (d + 1) / (8 n^2)).
  const bias = (8 * 9) / (4 * n);
  const expected = liftDivergence(c8, { sigma: until, detail: 0.1 });
  const measured = divergence(c8, found, 8) - bias;
  expect(Math.abs(measured - expected)).toBeLessThan(0.02);
  expect(measured).toBeGreaterThan(0.04);
});

it('the score of a lifted model is symmetric, and exact where halving loses what the lift draws', async () => {
  // Two pixels of one value and a lost part of variance .1: the lift is the law itself.
  const law = [1.05, 0.95, 0.95, 1.05];
  const own = (law[0]! - law[1]!) / 1;
  const [low, high] = [vp(), edm()];
  const coarse = { sde: low, score: gaussianScore(low, pooled(law, 2), 1), shape: [1] };
  const score = liftedScore(coarse, { shape: [2], sde: high, detail: own });
  const x = tensor([0.3, -1, 2, 0.4], [2, 2]);
  for (const t of [0.2, 3]) {
    const [found, exact] = [await score(x, t), await gaussianScore(high, law, 2)(x, t)];
    found.data.forEach((v, i) => expect(v).toBeCloseTo(exact.data[i]!, 6));
  }
  const at = await score(x, [0.2, 3]);
  expect(at.data[0]).toBeCloseTo((await score(x, 0.2)).data[0]!, 12);
  expect(() => liftedScore(coarse, { shape: [4], sde: high, detail: 0.1 })).toThrow(
    'shape: expected twice the side of [1], got [4]',
  );
});

it('a lift keeps U^T x and draws the rest with its variance', () => {
  const way = halving([1, 4, 4]);
  const n = 1500;
  const y = normalBatch(split(key(1), n), way.half);
  const x = lifted(way, split(key(2), n), y, { sde: edm(), t: 0.4, detail: 0.09 });
  way.down(x).data.forEach((v, i) => expect(Math.abs(v - y.data[i]!)).toBeLessThan(1e-12));
  // Variance .16 + .09, within four standard errors of 12 n draws.
  expect(Math.abs(detailVariance(way, x) / 0.25 - 1)).toBeLessThan(4 * Math.sqrt(2 / (12 * n)));
});

it('says which stages and levels go together', () => {
  const sde = edm();
  const stage = (d: number, lift?: Stage['lift']): Stage => ({ sde, score: gaussianScore(sde, correlated(d), d), shape: [d], sampler: flow(true), ...(lift && { lift }) }); // prettier-ignore
  const lift = { until: 1, detail: 0.1 };
  expect(() => stages([])).toThrow('stages: expected a stage or more, got none');
  expect(() => stages([stage(2, lift), stage(8)])).toThrow(
    'stages: expected a stage of samples [4], half the side of [8], before it, got [2]',
  );
  expect(() => stages([stage(4), stage(8)])).toThrow('stages: expected a lift of all stages but the last');
  expect(() => stages([stage(4, { ...lift, until: 200 }), stage(8)])).toThrow(
    'until: expected a noise level among 0.002 to 80, those of the finer model, got 200',
  );
  expect(() => stages([stage(4, { ...lift, detail: -1 }), stage(8)])).toThrow('detail');
  expect(timeOfNoiseRatio(sde, noiseRatio(sde, 1))).toBe(1);
});
