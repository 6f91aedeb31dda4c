import { describe, expect, it } from 'vitest';
import { map } from '../../src/base/arith.ts';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal, normalBatch } from '../../src/base/random.ts';
import { takeRows, tensor, zeros, type Tensor } from '../../src/base/tensor.ts';
import { empirical } from '../../src/sde/exact/empirical.ts';
import { gaussianField } from '../../src/sde/exact/gaussian-field.ts';
import { gaussianMixture, type ExactMarginals } from '../../src/sde/exact/gaussian-mixture.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { allSdes, timesWithin } from './all.ts';

const shape = [2, 3];
const means = map(normalBatch(split(key(5), 4), shape), (value) => 2 * value);
const stds = map(means, (value) => 0.1 + Math.abs(value));

const exact: readonly { name: string; of: (sde: Sde) => ExactMarginals }[] = [
  { name: 'a Gaussian', of: (sde) => gaussian(sde, { mean: tensor(means.data.slice(0, 6), shape), std: 0.4 }) },
  {
    name: 'a diagonal Gaussian',
    of: (sde) =>
      gaussian(sde, { mean: tensor(means.data.slice(0, 6), shape), std: tensor(stds.data.slice(0, 6), shape) }),
  },
  {
    name: 'an isotropic mixture',
    of: (sde) => gaussianMixture(sde, { means, stds: [0.2, 0.5, 1, 0], weights: [1, 2, 3, 4] }),
  },
  { name: 'a diagonal mixture', of: (sde) => gaussianMixture(sde, { means, stds }) },
  { name: 'a data set', of: (sde) => empirical(sde, means) },
  {
    name: 'a field',
    of: (sde) =>
      gaussianField(sde, {
        spectrum: tensor([0.5, 1, 1, 0.3, 2, 2], shape),
        mean: tensor(means.data.slice(0, 6), shape),
      }),
  },
];

/** States as they occur at time t. */
function states(sde: Sde, t: number, n = 3): Tensor {
  const z = normalBatch(split(foldIn(key(6), 1), n), shape);
  return map(z, (value, i) => sde.alpha(t) * means.data[i % 24]! + sde.sigma(t) * value);
}

describe.each(allSdes)('exact marginals of $kind', (sde) => {
  it.each(exact)('$name: the score is the gradient of the log density', async ({ of }) => {
    const { score, logDensity } = of(sde);
    for (const t of timesWithin(sde).slice(1)) {
      const x = states(sde, t);
      const s = await score(x, t);
      // Central differences with h a small part of the narrowest width: errors of h^2 and of rounding of log p / h.
      const h = 1e-4 * sde.sigma(t);
      for (const j of [0, 4, 11, 17]) {
        const moved = (by: number): number =>
          logDensity(
            map(x, (v, i) => (i === j ? v + by : v)),
            t,
          )[Math.floor(j / 6)]!;
        const slope = (moved(h) - moved(-h)) / (2 * h);
        const scale = Math.abs(s.data[j]!) + 1 / sde.sigma(t);
        expect(Math.abs(s.data[j]! - slope) / scale).toBeLessThan(2e-6);
      }
    }
  });

  it.each(exact)('$name: the log density is finite far from the data', ({ of }) => {
    const { logDensity } = of(sde);
    const far = map(states(sde, sde.tMax), (v) => 1e6 * v);
    for (const value of logDensity(far, sde.tMin)) expect(Number.isFinite(value)).toBe(true);
  });

  it('takes one time per sample, each sample alone', async () => {
    for (const { of } of exact) {
      const { score, logDensity } = of(sde);
      const times = timesWithin(sde).slice(3, 6);
      const x = states(sde, times[1]!);
      const together = await score(x, times);
      const densities = logDensity(x, times);
      for (const [i, t] of times.entries()) {
        const alone = takeRows(x, [i]);
        expect((await score(alone, t)).data).toEqual(takeRows(together, [i]).data);
        expect(logDensity(alone, t)[0]).toBe(densities[i]);
      }
    }
  });
});

it('a Gaussian has its textbook score and density', async () => {
  const sde = vp();
  const { score, logDensity } = gaussian(sde, { mean: tensor([1], [1]), std: 0.5 });
  const variance = sde.alpha(0.3) ** 2 * 0.25 + sde.sigma(0.3) ** 2;
  const x = tensor([0.2], [1, 1]);
  const gap = 0.2 - sde.alpha(0.3);
  expect((await score(x, 0.3)).data[0]).toBeCloseTo(-gap / variance, 14);
  expect(logDensity(x, 0.3)[0]).toBeCloseTo(-(gap ** 2) / (2 * variance) - 0.5 * Math.log(2 * Math.PI * variance), 14);
});

it('the density of a mixture integrates to 1', () => {
  for (const sde of allSdes) {
    const marginals = gaussianMixture(sde, { means: tensor([-1, 2], [2, 1]), stds: [0.3, 0.1], weights: [1, 3] });
    const t = sde.tMin + 0.01 * (sde.tMax - sde.tMin);
    // A sum over a grid, which converges exponentially for a smooth density: 20 points per narrowest width.
    const step = 0.05 * Math.hypot(sde.alpha(t) * 0.1, sde.sigma(t));
    const reach = 3 + 12 * sde.sigma(t);
    const n = Math.ceil((2 * reach) / step);
    const grid = tensor(
      Array.from({ length: n }, (_, i) => -reach + i * step),
      [n, 1],
    );
    const total = marginals.logDensity(grid, t).reduce((sum, log) => sum + Math.exp(log) * step, 0);
    expect(total).toBeCloseTo(1, 8);
  }
});

it('a data set pulls a state to its nearest point when there is little noise', async () => {
  const sde = vp();
  const t = sde.tMin;
  const near = map(takeRows(means, [2]), (v) => v + 1e-3);
  const s = await empirical(sde, means).score(near, t);
  const denoised = map(near, (v, i) => (v + sde.sigma(t) ** 2 * s.data[i]!) / sde.alpha(t));
  denoised.data.forEach((v, i) => expect(v).toBeCloseTo(means.data[12 + i]!, 10));
});

it('a far state has a finite score, of the size that the distance asks for', async () => {
  const { score } = empirical(vp(), means);
  const x = map(zeros([1, ...shape]), () => 1e8);
  const s = await score(x, 1e-3);
  s.data.forEach((v) => expect(v / (-1e8 / vp().sigma(1e-3) ** 2)).toBeCloseTo(1, 6));
});

it('wrong shapes and options are refused', async () => {
  const one = gaussian(vp(), { mean: zeros(shape), std: 1 });
  await expect(one.score(zeros([2, 5]), 0.5)).rejects.toThrow(ShapeError);
  await expect(one.score(zeros([2, ...shape]), [0.5])).rejects.toThrow(ShapeError);
  expect(() => one.logDensity(zeros([2]), 0.5)).toThrow(ShapeError);
  expect(() => gaussian(vp(), { mean: zeros(shape), std: -1 })).toThrow(ConfigError);
  expect(() => gaussianMixture(vp(), { means, stds: [1, 1] })).toThrow(ShapeError);
  expect(() => gaussianMixture(vp(), { means, stds: zeros([4, 6]) })).toThrow(ShapeError);
  expect(() => gaussianMixture(vp(), { means, stds: 1, weights: [1, 1, 1] })).toThrow(ShapeError);
  expect(() => gaussianMixture(vp(), { means, stds: 1, weights: [1, 1, 1, 0] })).toThrow(ConfigError);
});

it('draws from the mixture have the entropy that its density says', () => {
  // E[-log p] of n = 2000 draws of one wide Gaussian equals its entropy within 5 standard errors, sqrt(D / 2 / n).
  const sde = vp();
  const n = 2000;
  const t = 0.4;
  const std = Math.hypot(sde.alpha(t) * 0.8, sde.sigma(t));
  const x = tensor(
    normal(key(3), n * 2).map((z) => sde.alpha(t) * 1.5 + std * z),
    [n, 2],
  );
  const mean = tensor([1.5, 1.5], [2]);
  const logs = gaussian(sde, { mean, std: 0.8 }).logDensity(x, t);
  const entropy = 1 + Math.log(2 * Math.PI * std ** 2);
  expect(Math.abs(-logs.reduce((a, b) => a + b, 0) / n - entropy)).toBeLessThan(5 * Math.sqrt(1 / n));
});
