/** @file Products and mixtures of Gaussians: where summed scores end, and where corrections do. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { corrections } from '../../src/catalog/corrections.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { annealedCorrections } from '../../src/sample/correctors/annealed-corrections.ts';
import { lineIntegral } from '../../src/sample/correctors/line-integral.ts';
import { mala } from '../../src/sample/correctors/mala.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { finish } from '../../src/sample/sampler.ts';
import { fromState } from '../../src/sample/start.ts';
import { mixtureOf, productOf } from '../../src/sde/composition.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { logSnrGrid } from '../../src/sde/time/time-grid.ts';

const sde = edm({ sigmaMin: 0.01, sigmaMax: 10 });
const parts = [-1, 1].map((mean) => gaussian(sde, { mean: tensor([mean], [1]), std: 1 }));
const product = productOf(parts);

const varianceOf = ({ data }: Tensor): number => {
  const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
  return data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (data.length - 1);
};

describe('the product of N(-1, 1) and N(1, 1), which is N(0, 1/2)', () => {
  it('adds scores up, which is not the score of the noised product', async () => {
    const at = tensor([0.7], [1, 1]);
    for (const sigma of [0.01, 1, 10]) {
      const [summed = NaN] = (await product.score(at, sigma)).data;
      expect(summed).toBeCloseTo((-2 * 0.7) / (1 + sigma ** 2), 12);
      const noised = -0.7 / (0.5 + sigma ** 2);
      if (sigma >= 1) expect(Math.abs(summed - noised)).toBeGreaterThan(Math.abs(noised) / 10);
    }
  });

  it('ends at variance .009852 by the flow of the summed scores', async () => {
    const precise = edm({ sigmaMin: 1e-5, sigmaMax: 10 });
    const { score } = productOf([-1, 1].map((mean) => gaussian(precise, { mean: tensor([mean], [1]), std: 1 })));
    const start = fromState(tensor([0, 10], [2, 1]), 10);
    const sampler = probabilityFlow({ rtol: 1e-10, atol: 1e-10 });
    const { x } = await finish(sampler({ sde: precise, score, shape: [1], keys: split(key(0), 2), start }));
    // The variance of N(0, sigma_T^2 + 1/2), the noised product: (sigma_T^2 + s^2 / 2) (s^2 / (s^2 + sigma_T^2))^2.
    const slope = (x.data[1]! - x.data[0]!) / 10;
    expect((10 ** 2 + 0.5) * slope ** 2).toBeCloseTo((100.5 * 1) / 101 ** 2, 8);
    expect((10 ** 2 + 0.5) * slope ** 2).toBeCloseTo(0.009852, 6);
  });

  it.each([2, 3])('ends at s^2 / (2 n - 1) by the reverse SDE of %d scores, for s^2 / n', async (n) => {
    const { score } = productOf(Array.from({ length: n }, () => gaussian(sde, { mean: tensor([0], [1]), std: 1 })));
    const count = 4000;
    const sampler = predictorCorrector({ predictor: ancestral(), steps: 300, grid: logSnrGrid, denoiseLast: false });
    const { x } = await finish(sampler({ sde, score, shape: [1], keys: split(key(n), count) }));
    const expected = 1 / (2 * n - 1);
    // Standard error of a variance, and 1 % for 300 steps.
    expect(Math.abs(varianceOf(x) / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / count) + 0.02);
    expect(varianceOf(x)).toBeLessThan(0.85 / n);
  });

  it.each(corrections.map((record) => [record.name, record] as const))(
    'ends at 1/2 with %s at each level',
    async (_, record) => {
      const count = 1500;
      const corrector = record.build({ steps: 6, stepSize: 0.4, logDensity: product.logDensity });
      const sampler = annealedCorrections({ corrector, steps: 40, grid: logSnrGrid, denoiseLast: false });
      const { x } = await finish(sampler({ sde, score: product.score, shape: [1], keys: split(key(3), count) }));
      expect(Math.abs(varianceOf(x) / 0.5 - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    },
  );
});

it('MALA takes nearly every small step, fewer large ones, and none without a density', async () => {
  const keys = split(key(5), 2000);
  const x = normalBatch(keys, [1]);
  const accepted = async (stepSize: number): Promise<number> => {
    const { x: y } = await mala({ logDensity: parts[0]!.logDensity, stepSize })(sde, parts[0]!.score)(keys, x, 1, 1);
    return y.data.reduce((sum, v, i) => sum + Number(v !== x.data[i]), 0) / keys.length;
  };
  expect(await accepted(1e-4)).toBeGreaterThan(0.995);
  expect(await accepted(1)).toBeLessThan(0.97);
  expect(() => mala({})).toThrow(ConfigError);
});

it('a line integral is the difference of log densities: exactly of Gaussians, with points of others', async () => {
  const [x, y] = [1, 2].map((seed) => normalBatch(split(key(seed), 6), [2])) as [Tensor, Tensor];
  const normal = gaussian(sde, { mean: tensor([0.5, -1], [2]), std: 0.7 });
  const mixture = gaussianMixture(sde, { means: tensor([-1, 0, 1, 0], [2, 2]), stds: 0.5 });
  for (const [law, evaluations, error] of [
    [normal, 1, 1e-12],
    [mixture, 5, 1e-3],
  ] as const) {
    const found = await lineIntegral(law.score, { evaluations })(x, y, 0.8);
    const [before, after] = [law.logDensity(x, 0.8), law.logDensity(y, 0.8)];
    found.forEach((ratio, i) => expect(Math.abs(ratio - (after[i]! - before[i]!))).toBeLessThan(error));
  }
  // The field (-y, x) is no gradient: along the way from (1, 0) to (1, 1) it does work of 1.
  const turning = lineIntegral(({ data, shape }) => Promise.resolve(tensor([-data[1]!, data[0]!], shape)));
  expect((await turning(tensor([1, 0], [1, 2]), tensor([1, 1], [1, 2]), 1))[0]).toBeCloseTo(1, 12);
  expect(() => lineIntegral(normal.score, { evaluations: 6 })).toThrow(
    'evaluations: expected a whole number of 1 to 5, got 6',
  );
});

it('the mixture of noised laws is the noised mixture', async () => {
  const whole = gaussianMixture(sde, { means: tensor([-1, 1], [2, 1]), stds: 1, weights: [1, 3] });
  const mixed = mixtureOf([
    { ...parts[0]!, weight: 1 },
    { ...parts[1]!, weight: 3 },
  ]);
  const x = normalBatch(split(key(8), 5), [1]);
  for (const t of [0.1, 2]) {
    const [own, exact] = [await mixed.score(x, t), await whole.score(x, t)];
    own.data.forEach((v, i) => expect(v).toBeCloseTo(exact.data[i]!, 12));
    const [log, exactLog] = [await mixed.logDensity!(x, t), whole.logDensity(x, t)];
    log.forEach((v, i) => expect(v).toBeCloseTo(exactLog[i]!, 12));
  }
});

it('says what weights must be', () => {
  expect(() => productOf([])).toThrow('parts: expected a density or more, got none');
  expect(() => productOf([parts[0]!, { ...parts[1]!, weight: -1 }])).toThrow(/expected a sum above 0, .* got 0/);
  expect(() => mixtureOf([{ score: parts[0]!.score }])).toThrow('parts: expected densities');
  expect(() => mixtureOf([{ ...parts[0]!, weight: -1 }])).toThrow('weights: expected positive shares, got -1');
});
