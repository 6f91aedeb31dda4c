import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { uniform } from '../../src/base/random.ts';
import { takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { continuousBound } from '../../src/likelihood/continuous-bound.ts';
import { discreteBound } from '../../src/likelihood/discrete-bound.ts';
import { logBinProbability, logMass } from '../../src/likelihood/discretized-gaussian.ts';
import { logLikelihood } from '../../src/likelihood/log-likelihood.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { allSdes } from '../sde/all.ts';
import { expectMeans, keys, mean, points, rows, squares, std } from './gaussian-points.ts';

const logNormal = (variance: number, square: number): number =>
  -Math.log(2 * Math.PI * variance) - square / (2 * variance);

/** E ||sigma s + z||^2 for the exact score of the Gaussian: z + sigma s = (alpha^2 std^2 z - sigma alpha (x_0 - m)) / V. */
function meanError(sde: Sde, t: number, apart: number): number {
  const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
  const variance = (alpha * std) ** 2 + sigma ** 2;
  return (2 * (alpha * std) ** 4 + (sigma * alpha) ** 2 * apart) / variance ** 2;
}

/** One that ends before the data are forgotten, so that the prior is wrong; few noise levels make little variance. */
const short = { ...vp({ betaMax: 1, tMin: 0.05 }), kind: 'short' };

describe.each([...allSdes, short])('the continuous bound of $kind', (sde) => {
  const exact = gaussian(sde, { mean, std });
  const request = { sde, score: exact.score, keys };

  it('is log p but for the prior and the last step, for the exact score of each Gaussian sample', async () => {
    const draws = sde === short ? 400 : 48;
    const { byDrawNats } = await continuousBound(request, points, { times: 8, draws });
    const expected = rows.map((i) => {
      const { apart, own } = squares[i]!;
      // The true reverse process begins in q_T instead of the prior, and ends in the posterior of x_0 given x_tMin.
      const [alpha, sigma, prior] = [sde.alpha(sde.tMax), sde.sigma(sde.tMax), sde.priorStd ** 2];
      const atEnd = logNormal((alpha * std) ** 2 + sigma ** 2, alpha ** 2 * apart + 2 * sigma ** 2);
      const inPrior = logNormal(prior, alpha ** 2 * own + 2 * sigma ** 2);
      const [first, noise] = [sde.alpha(sde.tMin), sde.sigma(sde.tMin)];
      const off = (noise / first) ** 2 * meanError(sde, sde.tMin, apart);
      const posterior = logNormal((std * noise) ** 2 / ((first * std) ** 2 + noise ** 2), off);
      const decoder = logNormal((noise / first) ** 2, off);
      return logNormal(std ** 2, apart) - (atEnd - inPrior) - (posterior - decoder);
    });
    expectMeans(byDrawNats, expected);
  });

  it('gives a sample the same value whatever its batch', async () => {
    const together = await continuousBound(request, points, { times: 4 });
    const alone = await continuousBound({ ...request, keys: keys.slice(2, 3) }, takeRows(points, [2]), { times: 4 });
    expect(alone.lowerBoundNats[0]).toBe(together.lowerBoundNats[2]);
    expect(together.evals).toEqual([5, 5, 5, 5]);
  });
});

describe('the continuous bound', () => {
  const sde = vp();
  const exact = gaussian(sde, { mean, std });

  it('is log p to 0.01 nats where the prior is reached and tMin is small', async () => {
    const { byDrawNats } = await continuousBound({ sde, score: exact.score, keys }, points, { times: 64, draws: 32 });
    // alpha(1)^2 = 4e-5 is what is left of the data in the prior, sigma(tMin)^2 / std^2 = 2e-6 what the decoder misses.
    expectMeans(byDrawNats, Array.from(exact.logDensity(points, 0)), 0.01);
  });

  it('is below the likelihood of the flow, for a score that is wrong by a fifth', async () => {
    // The Gaussian of the wrong width is the marginal of that score's own flow and reverse process.
    const wrong = gaussian(sde, { mean, std: 1.2 * std });
    const bound = await continuousBound({ sde, score: wrong.score, keys }, points, { times: 64, draws: 32 });
    const flow = await logLikelihood({ sde, scoreJvp: wrong.scoreJvp, keys }, points, { trace: { kind: 'exact' } });
    expectMeans(bound.byDrawNats, Array.from(flow.logDensityNats), 0.01);
  });

  it('refuses times that are no count, and another number of keys than samples', async () => {
    const request = { sde, score: exact.score, keys };
    await expect(continuousBound(request, points, { times: 0 })).rejects.toThrow('times: expected a positive integer');
    await expect(continuousBound({ ...request, keys: keys.slice(1) }, points)).rejects.toThrow('keys: expected 4');
  });
});

describe('the discrete bound', () => {
  const sde = vp({ betaMax: 2 });
  const exact = gaussian(sde, { mean, std });
  const request = { sde, score: exact.score, keys };

  it.each(['small', 'large'] as const)('is the sum of the DDPM divergences: %s variance', async (variance) => {
    const steps = 12;
    const times = Array.from({ length: steps }, (_, i) => 1e-3 + (i / (steps - 1)) * (1 - 1e-3));
    const alphaBar = times.map((t) => sde.alpha(t) ** 2);
    const boundOf = ({ apart, own }: { apart: number; own: number }): number => {
      const last = alphaBar.at(-1)!;
      // KL(N(sqrt(last) x_0, 1 - last) || N(0, 1)) in two dimensions.
      let total = -0.5 * (2 * (1 - last - 1 - Math.log(1 - last)) + last * own);
      for (let n = 1; n < steps; n++) {
        const [now, before] = [alphaBar[n]!, alphaBar[n - 1]!];
        const beta = 1 - now / before;
        const posterior = ((1 - before) / (1 - now)) * beta;
        const model = variance === 'small' ? posterior : beta;
        const weight = (Math.sqrt(before) * beta) / (1 - now);
        const off = weight ** 2 * ((1 - now) / now) * meanError(sde, times[n]!, apart);
        total -= 0.5 * (2 * (Math.log(model / posterior) - 1 + posterior / model) + off / model);
      }
      const first = (1 - alphaBar[0]!) / alphaBar[0]!;
      return total + logNormal(first, first * meanError(sde, times[0]!, apart));
    };
    const expected = squares.map(boundOf);
    const all = await discreteBound(request, points, { steps, variance, draws: 100 });
    expectMeans(all.byDrawNats, expected);
    expect(all.evals[0]).toBe(100 * steps);
    // Five terms, drawn in proportion to what they weigh.
    const some = await discreteBound(request, points, { steps, variance, draws: 300, terms: 5 });
    expectMeans(some.byDrawNats, expected);
    // The chain's own density differs from that of the data, so that the bound is below it on average over the data.
    const spread = 2 * std ** 2;
    const average = boundOf({ apart: spread, own: spread + mean.data[0]! ** 2 + mean.data[1]! ** 2 });
    expect(average).toBeLessThan(logNormal(std ** 2, spread));
  });

  it('comes up to log p as the steps become many', async () => {
    const own = edm();
    const data = gaussian(own, { mean, std });
    const bound = await discreteBound({ sde: own, score: data.score, keys }, points, { steps: 300, draws: 24 });
    const prior = points.data.map((value) => value / own.priorStd);
    // A chain of 300 steps loses about D (log ratio of the noise levels)^2 / (4 T) = 0.2 nats at the very most.
    expectMeans(bound.byDrawNats, Array.from(data.logDensity(points, 0)), 0.2);
    expect(Math.max(...prior)).toBeLessThan(0.05);
  });

  it('is above the entropy of data in bins, and close to it for their exact score', async () => {
    const [width, weights] = [2 / 256, [0.1, 0.5, 0.15, 0.25]];
    const centers = weights.map((_, k) => (60 + 3 * k + 0.5) * width - 1);
    const entropy = -weights.reduce((sum, p) => sum + p * Math.log(p), 0);
    // Noise levels in fine steps: the linear rate jumps from noise of 1.3 bins to nearly twice of it.
    const own = edm();
    const { score } = gaussianMixture(own, { means: tensor(centers, [4, 1]), stds: 0, weights });
    const n = 400;
    const cumulative = weights.map((_, k) => weights.slice(0, k + 1).reduce((sum, p) => sum + p, 0));
    const data = uniform(key(8), n).map((u) => centers[cumulative.findIndex((edge) => u < edge)]!);
    const bins = { low: -1, width, count: 256 };
    const request = { sde: own, score, keys: split(key(9), n) };
    const bound = await discreteBound(request, tensor(data, [n, 1]), { bins, steps: 400 });
    const found = meanEstimate(bound.lowerBoundNats.map((nats) => -nats));
    expect(found.value).toBeGreaterThan(entropy - 4 * found.standardError);
    // n = 400 samples; a chain of 400 steps loses a few hundredths of a nat.
    expect(found.value).toBeLessThan(entropy + 0.1 + 4 * found.standardError);
  });

  it('refuses more terms than steps', async () => {
    const bad = discreteBound(request, points, { steps: 10, terms: 10 });
    await expect(bad).rejects.toThrow('terms: expected at most steps - 1 = 9, got 10');
    await expect(discreteBound(request, points, { steps: 1 })).rejects.toThrow('steps: expected a number above');
  });
});

describe('a Gaussian over bins', () => {
  it.each([
    [0.3, 0.01],
    [-0.999, 0.002],
    [0, 5],
    [1.4, 0.05],
  ])('gives all 256 bins together the probability 1: mean %f, std %f', (center, std) => {
    const width = 2 / 256;
    const x = tensor(
      Array.from({ length: 256 }, (_, b) => (b + 0.5) * width - 1),
      [256, 1],
    );
    const bins = { low: -1, width, count: 256 };
    const mean = { shape: x.shape, data: x.data.map(() => center) };
    const total = logBinProbability(x, { mean, std, bins }).reduce((sum, log) => sum + Math.exp(log), 0);
    expect(total).toBeCloseTo(1, 12);
  });

  it('has a deviation for each number, if it is given', () => {
    const bins = { low: -1, width: 0.1, count: 20 };
    const x = tensor([-0.95, 0.05, 0.35, 0.95], [2, 2]);
    const center = tensor([-0.9, 0.1, 0.2, 0.7], [2, 2]);
    const each = [0.05, 0.3, 0.1, 0.4];
    const alone = each.map((std, j) => {
      const row = (values: Tensor): Tensor => tensor([values.data[j]!], [1, 1]);
      return logBinProbability(row(x), { mean: row(center), std, bins })[0]!;
    });
    const together = logBinProbability(x, { mean: center, std: tensor(each, [2, 2]), bins });
    expect(Array.from(together)).toEqual([alone[0]! + alone[1]!, alone[2]! + alone[3]!]);
  });

  it('is exact in the far tails, on either side', () => {
    // Mass of N(0, 1) in [1, 2], [5, 6] and [10, 11] from tables of the tail; beyond, the asymptotic series.
    expect(Math.exp(logMass(1, 2))).toBeCloseTo(0.13590512198327787, 14);
    expect(logMass(5, 6)).toBeCloseTo(Math.log(2.866515719e-7 - 9.86587645e-10), 8);
    expect(logMass(10, 11)).toBeCloseTo(Math.log(7.61985302416e-24), 3);
    expect(logMass(-11, -10)).toBe(logMass(10, 11));
    expect(logMass(36.9, 60) - logMass(37.1, 60)).toBeCloseTo((37.1 ** 2 - 36.9 ** 2) / 2 + Math.log(37.1 / 36.9), 2);
  });
});
