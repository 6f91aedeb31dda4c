/** @file Counts: posteriors given Poisson noise against quadrature, and against Gaussian noise where that is the same. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import {
  buildPosteriorSampler,
  inverseList,
  type InverseOptions,
} from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { changeUnits } from '../../src/inverse/change-of-units.ts';
import { mixtureDraws } from '../../src/inverse/posterior/exact-posterior.ts';
import { measure, type Measurement } from '../../src/inverse/measurement.ts';
import { gaussianNoise, poissonNoise } from '../../src/inverse/noise.ts';
import { matrix } from '../../src/inverse/operator/sensing/matrix.ts';
import { normalInverse, weightedInverse } from '../../src/inverse/operator/solve.ts';
import type { PosteriorSampler } from '../../src/inverse/problem.ts';
import { twisted } from '../../src/inverse/posterior/twisted.ts';
import { finish } from '../../src/sample/sampler.ts';
import type { GaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { momentsOf, operators, problemOf, randomMatrix, mixturePrior } from './cases.ts';

const counting = inverseList.filter(({ anyNoise }) => anyNoise).map(({ name }) => name);
const sde = vp();

it('methods without a law of counts refuse it in one sentence', async () => {
  const others = inverseList.filter(({ anyNoise }) => !anyNoise).map(({ name }) => name);
  expect(others).toEqual(['replacement', 'projection', 'repaint', 'ddrm']);
  const noise = poissonNoise({ rate: 10 });
  const measurement: Measurement = { operator: operators(2)[1]!, y: tensor([1], [1, 1]), noiseStd: 0.3, noise };
  for (const name of others) {
    const sampler = buildPosteriorSampler(name, { steps: 2 });
    const request = { ...problemOf(sde, mixturePrior(2), measurement), shape: [2], keys: split(key(1), 1) };
    const run = finish(sampler(request));
    await expect(run, name).rejects.toThrow(ConfigError);
    await expect(run, name).rejects.toThrow(/takes noise for Gaussian, and this is poisson noise; annealed-langevin, .* take it/); // prettier-ignore
  }
});

describe.each(counting)('%s', (name) => {
  it('takes Gaussian noise as a law for what it is', async () => {
    const prior = mixturePrior(4);
    for (const operator of [operators(4)[1]!, randomMatrix(2, 4)]) {
      const measurement = measure(split(key(3), 3), { operator, noiseStd: 0.3 }, mixtureDraws(split(key(5), 3), prior));
      // As many iterations as there are measured numbers, so that conjugate gradients end at the same place.
      const sampler = buildPosteriorSampler(name, { steps: 12, ...(name === 'mmps' && { iterations: 2 }) });
      const of = async (given: Measurement): Promise<Float64Array> => {
        return (await finish(sampler({ ...problemOf(sde, prior, given), shape: [4], keys: split(key(19), 3) }))).x.data;
      };
      const [plain, law] = [await of(measurement), await of({ ...measurement, noise: gaussianNoise(0.3) })];
      // The inverses are in closed form and by conjugate gradients to 1e-8.
      law.forEach((v, i) => expect(Math.abs(v - plain[i]!)).toBeLessThan(1e-5));
    }
  });
});

/** Intensities of about 1 +- 0.4: at 12 counts per unit the posterior is far from symmetric about the prior's mean. */
const prior: GaussianMixture = { means: tensor([1.6, 1.2, 0.9, 1.9], [2, 2]), stds: [0.35, 0.25], weights: [2, 1] };
const operator = matrix([2], tensor([1, 0, 0.4, 0.8], [2, 2]));
const noise = poissonNoise({ rate: 12 });
const measurement: Measurement = { operator, y: tensor([6 / 12, 34 / 12], [1, 2]), noiseStd: 0.3, noise };

/** Mean and covariance on a grid of 0.02 from 0 to 4, more than 4 standard deviations around both components. */
const exact = ((): { mean: number[]; std: number[] } => {
  const { means, stds, weights } = prior as { means: Tensor; stds: number[]; weights: number[] };
  let [total, sums, squares] = [0, [0, 0], [0, 0]];
  for (let a = 0.01; a < 4; a += 0.02)
    for (let b = 0.01; b < 4; b += 0.02) {
      const x = tensor([a, b], [1, 2]);
      const density = weights.reduce((sum, w, k) => {
        const [da, db] = [a - means.data[2 * k]!, b - means.data[2 * k + 1]!];
        return sum + (w / stds[k]! ** 2) * Math.exp(-(da * da + db * db) / (2 * stds[k]! ** 2));
      }, 0);
      const p = density * Math.exp(noise.logLikelihood(measurement.y, operator.apply(x))[0]!);
      total += p;
      sums = [sums[0]! + p * a, sums[1]! + p * b];
      squares = [squares[0]! + p * a * a, squares[1]! + p * b * b];
    }
  const mean = sums.map((sum) => sum / total);
  return { mean, std: squares.map((square, j) => Math.sqrt(square / total - mean[j]! ** 2)) };
})();

/** Distance of means and standard deviations from the exact ones, over the exact standard deviation. */
async function errorsOf(sampler: PosteriorSampler, n: number, given = measurement): Promise<number[]> {
  const { x } = await finish(sampler({ ...problemOf(sde, prior, given), shape: [2], keys: split(key(61), n) }));
  const { mean, covariance } = momentsOf(x);
  return [0, 1].flatMap((j) => [
    (mean[j]! - exact.mean[j]!) / exact.std[j]!,
    Math.sqrt(covariance[3 * j]!) / exact.std[j]! - 1,
  ]);
}

describe('the posterior of counts by quadrature', () => {
  it('is not what Gaussian noise of their mean variance would give', async () => {
    const gaussian = { ...measurement, noise: undefined, noiseStd: Math.sqrt(20) / 12 };
    const mmps = buildPosteriorSampler('mmps', { steps: 50, iterations: 2 });
    expect(Math.max(...(await errorsOf(mmps, 1000, gaussian)).map(Math.abs))).toBeGreaterThan(0.2);
  });

  // n = 1000: a mean errs by 0.03 of a standard deviation, and that by 0.022; four of them, and what each method leaves out.
  const tolerances: readonly (readonly [name: string, options: InverseOptions, most: number])[] = [
    ['mmps', { steps: 50, iterations: 2 }, 0.13 + 0.07],
    ['pigdm', { steps: 50, dataStd: 0.4 }, 0.13 + 0.2],
    ['annealed-langevin', { steps: 300 }, 0.13 + 0.3],
    ['diffpir', { steps: 100 }, 0.13 + 0.5],
  ];
  it.each(tolerances)('%s comes near it', async (name, options, most) => {
    for (const error of await errorsOf(buildPosteriorSampler(name, options), name === 'annealed-langevin' ? 300 : 1000))
      expect(Math.abs(error)).toBeLessThan(most);
  });

  it('twisted particles converge to it', async () => {
    // One of the particles of each of 200 runs: 0.07 for a mean and 0.05 for a standard deviation, and 0.02 for 60 steps.
    const many = twisted({ steps: 60, particles: 24, dataStd: 0.4 });
    for (const error of await errorsOf(many, 200)) expect(Math.abs(error)).toBeLessThan(4 * 0.07 + 0.02);
  });

  it.each([['dps', { steps: 100 }] as const, ['red-diff', { steps: 300 }] as const])(
    '%s, which has no temperature, finds what is likelier given the counts than the mean of the prior',
    async (name, options) => {
      const { x } = await finish(
        buildPosteriorSampler(
          name,
          options,
        )({ ...problemOf(sde, prior, measurement), shape: [2], keys: split(key(61), 300) }),
      );
      const logOf = (mean: ArrayLike<number>): number =>
        noise.logLikelihood(measurement.y, operator.apply(tensor(mean, [1, 2])))[0]!;
      const before = [0, 1].map((j) => (2 * prior.means.data[j]! + prior.means.data[2 + j]!) / 3);
      expect(logOf(momentsOf(x).mean)).toBeGreaterThan(logOf(exact.mean) - 1);
      expect(logOf(exact.mean)).toBeGreaterThan(logOf(before) + 3);
    },
  );
});

it('counts in other units are the same counts', () => {
  const changed = changeUnits(measurement, { factor: 2, offset: -1 });
  const x = tensor([0.7, 1.4], [1, 2]);
  const other = tensor([0.4, 1.8], [1, 2]);
  const clean = operator.apply(x);
  const [there, back] = [operator.apply(tensor([0.4, 1.8], [1, 2])), operator.apply(x)];
  expect(changed.noise!.logLikelihood(changed.y, there)[0]).toBeCloseTo(noise.logLikelihood(measurement.y, clean)[0]!, 10); // prettier-ignore
  changed.noise!.variance(there).data.forEach((v, j) => expect(v).toBeCloseTo(4 * noise.variance(back).data[j]!, 12));
  changed.noise!.varianceOf(changed.y).data.forEach((v, j) => expect(v).toBeCloseTo(4 * noise.varianceOf(measurement.y).data[j]!, 12)); // prettier-ignore
  expect(other.data.every((v, j) => Math.abs(v - (2 * x.data[j]! - 1)) < 1e-12)).toBe(true);
  expect(() => changeUnits(measurement, { factor: -1, offset: 0 })).toThrow('factor: expected a positive number');
});

it('the inverse with unequal variances solves its equation, and is that of equal ones', () => {
  for (const [i, own] of [...operators(6), randomMatrix(3, 6)].entries()) {
    const y = own.apply(mixtureDraws(split(key(7), 2), mixturePrior(6)));
    const equal = tensor(new Float64Array(y.data.length).fill(0.09), y.shape);
    const [found, expected] = [weightedInverse(own, y, [0.5, 2], equal), normalInverse(own, y, [0.18, 0.045])];
    found.data.forEach((v, at) => expect(v * (at < y.data.length / 2 ? 0.5 : 2), `${i}`).toBeCloseTo(expected.data[at]!, 6)); // prettier-ignore
    const variances = tensor(y.data.map((_, at) => 10 ** ((at % 7) - 4)), y.shape); // prettier-ignore
    const solved = weightedInverse(own, y, 0.7, variances);
    const image = own.apply(own.adjoint(solved)).data;
    y.data.forEach((v, at) => expect(0.7 * image[at]! + variances.data[at]! * solved.data[at]!).toBeCloseTo(v, 5));
  }
});
