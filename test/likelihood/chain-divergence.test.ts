/** @file The variational bound of a chain whose variances are learned. */
import { describe, expect, it } from 'vitest';
import { map } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { takeRows, tensor } from '../../src/base/tensor.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { discreteBound } from '../../src/likelihood/discrete-bound.ts';
import { chainTimes } from '../../src/sde/time/discrete-times.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { timesOf, type ScoreFn } from '../../src/sde/score-fn.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { expectMeans, keys, mean, points, rows, squares, std } from './gaussian-points.ts';

describe('the discrete bound with learned variances', () => {
  const sde = vp({ betaMax: 2 });
  const exact = gaussian(sde, { mean, std });
  const request = { sde, score: exact.score, keys };
  const steps = 12;
  const times = chainTimes(sde, steps);
  const alphaBar = times.map((t) => sde.alpha(t) ** 2);
  /** Variances of the step to the state before t_n, in the words of DDPM. */
  const variancesOf = (n: number): { small: number; large: number } => {
    const [now, before] = n === 0 ? [alphaBar[1]!, alphaBar[0]!] : [alphaBar[n]!, alphaBar[n - 1]!];
    const small = ((1 - before) / (1 - now)) * (1 - now / before);
    return { small, large: n === 0 ? (1 - alphaBar[0]!) / alphaBar[0]! : 1 - now / before };
  };

  it('is the sum of the divergences of Gaussians, for a variance that depends on the state', async () => {
    const placeOf = (x: number, t: number): number => 0.4 + 0.5 * Math.tanh(x) * Math.cos(5 * t);
    const variance: ScoreFn = (x, t) => {
      const all = timesOf(t, x);
      return Promise.resolve(map(x, (value, j) => placeOf(value, all[Math.floor(j / 2)]!)));
    };
    // E over z on a fine grid, one coordinate at a time; the integrand falls off as exp(-z^2 / 2).
    const grid = Array.from({ length: 321 }, (_, k) => (k - 160) / 20);
    const termOf = (n: number, x0: number, m: number): number => {
      const now = alphaBar[n]!;
      const { small, large } = variancesOf(n);
      return grid.reduce((sum, z) => {
        const x = Math.sqrt(now) * x0 + Math.sqrt(1 - now) * z;
        const guess = m + ((Math.sqrt(now) * std ** 2) / (now * std ** 2 + 1 - now)) * (x - Math.sqrt(now) * m);
        const own = small ** (1 - placeOf(x, times[n]!)) * large ** placeOf(x, times[n]!);
        const before = n === 0 ? 1 : alphaBar[n - 1]!;
        const off = ((Math.sqrt(before) * (1 - now / before)) / (1 - now)) * (guess - x0);
        const nats =
          n === 0
            ? 0.5 * (Math.log(2 * Math.PI * own) + off ** 2 / own)
            : 0.5 * (Math.log(own / small) - 1 + (small + off ** 2) / own);
        return sum + (nats * Math.exp(-(z ** 2) / 2)) / 20 / Math.sqrt(2 * Math.PI);
      }, 0);
    };
    const expected = rows.map((i) => {
      const last = alphaBar.at(-1)!;
      const total = -0.5 * (2 * (1 - last - 1 - Math.log(1 - last)) + last * squares[i]!.own);
      return Array.from(takeRows(points, [i]).data).reduce(
        (sum, x0, j) => times.reduce((rest, _, n) => rest - termOf(n, x0, mean.data[j]!), sum),
        total,
      );
    });
    const all = await discreteBound(request, points, { steps, variance, draws: 100 });
    expectMeans(all.byDrawNats, expected);
    expect(all.evals[0]).toBe(100 * steps); // the variance costs none
    const some = await discreteBound(request, points, { steps, variance, draws: 400, terms: 5 });
    expectMeans(some.byDrawNats, expected);
    // Bins that are small are the density.
    const bins = { low: -4, width: 1e-6, count: 8_000_000 };
    const binned = await discreteBound(request, points, { steps, variance, bins });
    const plain = await discreteBound(request, points, { steps, variance });
    binned.lowerBoundNats.forEach((nats, i) =>
      expect(nats - 2 * Math.log(bins.width)).toBeCloseTo(plain.lowerBoundNats[i]!, 4),
    );
  });

  it('misses log p by the divergence from the prior alone at the true variances, and either fixed one by more', async () => {
    const n = 400;
    const data = tensor(
      normal(key(11), 2 * n).map((z, j) => mean.data[j % 2]! + std * z),
      [n, 2],
    );
    const total = (t: number): number => (sde.alpha(t) * std) ** 2 + sde.sigma(t) ** 2;
    const placeAt = new Map(
      times.map((t, n) => {
        const { small, large } = variancesOf(n);
        const before = n === 0 ? std ** 2 : total(times[n - 1]!);
        const noise = n === 0 ? sde.sigma(t) ** 2 : 1 - alphaBar[n]! / alphaBar[n - 1]!;
        return [t, Math.log((before * noise) / total(t) / small) / Math.log(large / small)];
      }),
    );
    const learned: ScoreFn = (x, t) => {
      const all = timesOf(t, x);
      return Promise.resolve(map(x, (_, j) => placeAt.get(all[Math.floor(j / 2)]!)!));
    };
    const missed = async (variance: 'small' | 'large' | ScoreFn): Promise<Float64Array> => {
      const own = { sde, score: exact.score, keys: split(key(12), n) };
      const { lowerBoundNats } = await discreteBound(own, data, { steps, variance, draws: 4 });
      const truth = exact.logDensity(data, 0);
      return lowerBoundNats.map((nats, i) => truth[i]! - nats);
    };
    const [learnt, small, large] = [await missed(learned), await missed('small'), await missed('large')];
    const last = times.at(-1)!;
    const width = total(last); // of q_T, whose mean is alpha m
    const off = sde.alpha(last) ** 2 * (mean.data[0]! ** 2 + mean.data[1]! ** 2);
    const fromPrior = 0.5 * (2 * (width - 1 - Math.log(width)) + off);
    const { value, standardError } = meanEstimate(learnt);
    expect(Math.abs(value - fromPrior)).toBeLessThan(4 * standardError);
    for (const fixed of [small, large]) {
      const more = meanEstimate(fixed.map((nats, i) => nats - learnt[i]!));
      expect(more.value).toBeGreaterThan(4 * more.standardError);
    }
  });
});
