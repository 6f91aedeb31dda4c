import { expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../../src/base/errors.ts';
import { key, split } from '../../../src/base/key.ts';
import { tensor, zeros, type Tensor } from '../../../src/base/tensor.ts';
import { exactPosterior, mixtureDraws } from '../../../src/inverse/posterior/exact-posterior.ts';
import { measure, type Measurement } from '../../../src/inverse/measurement.ts';
import { identity } from '../../../src/inverse/operator/sensing/identity.ts';
import { matrix } from '../../../src/inverse/operator/sensing/matrix.ts';
import { phaseRetrieval } from '../../../src/inverse/operator/phase-retrieval.ts';
import { gaussianMixture, type GaussianMixture } from '../../../src/sde/exact/gaussian-mixture.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { gaussianMisfit, gaussianPrior, mixturePrior, momentsOf, operators, randomMatrix } from '../cases.ts';

/** Weights, mean and covariance by a sum over a grid of the plane: prior times likelihood, with no linear algebra. */
function bySummation(prior: GaussianMixture, { operator, y, noiseStd }: Measurement): Tensor['data'] {
  const step = 0.05;
  const side = Array.from({ length: 320 }, (_, i) => -8 + i * step);
  const grid = tensor(
    side.flatMap((a) => side.flatMap((b) => [a, b])),
    [side.length ** 2, 2],
  );
  // p_t at the time of least noise of a process that has next to none.
  const density = gaussianMixture(vp({ tMin: 1e-9, tEnd: 1e-9 }), prior).logDensity(grid, 1e-9);
  const image = operator.apply(grid).data;
  const m = y.data.length;
  const weights = density.map((log, i) => {
    const square = y.data.reduce((sum, v, j) => sum + (v - image[i * m + j]!) ** 2, 0);
    return Math.exp(log - (0.5 * square) / noiseStd ** 2);
  });
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = (f: (i: number) => number): number => weights.reduce((sum, w, i) => sum + w * f(i), 0) / total;
  const [a, b] = [mean((i) => grid.data[2 * i]!), mean((i) => grid.data[2 * i + 1]!)];
  const about = (j: number, k: number): number =>
    mean((i) => (grid.data[2 * i + j]! - [a, b][j]!) * (grid.data[2 * i + k]! - [a, b][k]!));
  return Float64Array.from([a, b, about(0, 0), about(0, 1), about(1, 0), about(1, 1)]);
}

it('has the mean and covariance of prior times likelihood, summed over the plane', () => {
  const diagonal = { ...mixturePrior(2), stds: tensor([0.3, 0.6, 0.5, 0.4, 0.35, 0.8], [3, 2]) };
  for (const prior of [gaussianPrior(2), mixturePrior(2), diagonal]) {
    for (const operator of operators(2)) {
      const measurement = measure(split(key(3), 1), { operator, noiseStd: 0.4 }, mixtureDraws(split(key(5), 1), prior));
      const { mean, covariance } = exactPosterior(prior, measurement);
      // The sum over a grid of a smooth density converges faster than any power of the step.
      const expected = bySummation(prior, measurement);
      [...mean.data, ...covariance.data].forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 6));
    }
  }
});

it('draws samples of the law whose moments it returns', () => {
  // n = 4000 draws of one Gaussian: the worst of 2 + 4 or 5 + 25 entries stays below 5 standard errors.
  for (const dimension of [2, 5]) {
    for (const operator of operators(dimension)) {
      for (const noiseStd of [0.3, 0]) {
        const prior = gaussianPrior(dimension);
        const truth = mixtureDraws(split(key(5), 1), prior);
        const measurement = measure(split(key(3), 1), { operator, noiseStd }, truth);
        const { mean, covariance, draw } = exactPosterior(prior, measurement);
        const x = draw(split(key(7), 4000));
        if (noiseStd === 0) {
          const image = operator.apply(x).data;
          image.forEach((v, at) => expect(v).toBeCloseTo(measurement.y.data[at % measurement.y.data.length]!, 9));
          continue;
        }
        expect(gaussianMisfit(x, mean.data, covariance.data)).toBeLessThan(5);
      }
    }
  }
});

it('draws components in proportion to their weights', () => {
  const prior = mixturePrior(2);
  const measurement = measure(split(key(3), 1), { operator: randomMatrix(1, 2), noiseStd: 0.5 }, zeros([1, 2]));
  const { mean, covariance, draw, weights } = exactPosterior(prior, measurement);
  expect(Math.max(...weights)).toBeLessThan(0.97);
  const n = 20_000;
  const found = momentsOf(draw(split(key(8), n)));
  // Five standard errors of a mean; the fourth moment of a mixture is at most a few times that of a Gaussian.
  found.mean.forEach((v, j) =>
    expect(Math.abs(v - mean.data[j]!) / Math.sqrt(covariance.data[3 * j]! / n)).toBeLessThan(5),
  );
  const scale = Math.max(covariance.data[0]!, covariance.data[3]!);
  found.covariance.forEach((v, i) =>
    expect(Math.abs(v - covariance.data[i]!) / (scale * Math.sqrt(6 / n))).toBeLessThan(5),
  );
});

it('is the prior if nothing is measured, and the truth if everything is', () => {
  const prior = mixturePrior(3);
  const nothing = { operator: matrix([3], zeros([2, 3])), y: zeros([1, 2]), noiseStd: 1 };
  const keys = split(key(9), 5);
  const free = exactPosterior(prior, nothing);
  expect([...free.weights].map((w) => w * 6)).toEqual([1, 2, 3].map((w) => expect.closeTo(w, 12) as number));
  expect(free.draw(keys).data).toEqual(mixtureDraws(keys, prior).data);
  const truth = mixtureDraws(split(key(5), 1), prior);
  const all = exactPosterior(prior, measure(split(key(3), 1), { operator: identity([3]), noiseStd: 0 }, truth));
  all.draw(keys).data.forEach((v, i) => expect(v).toBeCloseTo(truth.data[i % 3]!, 12));
});

it('weighs components by evidence that would underflow as a density', () => {
  const prior = { means: tensor([-100, 100], [2, 1]), stds: 0.1 };
  const far = exactPosterior(prior, { operator: identity([1]), y: tensor([3], [1, 1]), noiseStd: 0.1 });
  expect([...far.weights]).toEqual([0, 1]);
});

it('refuses what it cannot do', () => {
  const prior = gaussianPrior(2);
  const operator = identity([2]);
  expect(() => exactPosterior(prior, { operator, y: zeros([2, 2]), noiseStd: 1 })).toThrow(ShapeError);
  expect(() => exactPosterior(gaussianPrior(3), { operator, y: zeros([1, 2]), noiseStd: 1 })).toThrow(ShapeError);
  const bent = phaseRetrieval([1, 4, 4]);
  const image = { means: zeros([1, 1, 4, 4]), stds: 1 };
  const y = bent.apply(zeros([1, 1, 4, 4]));
  expect(() => exactPosterior(image, { operator: bent, y, noiseStd: 1 })).toThrow(ConfigError);
});
