/** @file Guided scores against the exact score of x_t given y, where their assumptions hold. */
import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { annealedLikelihood } from '../../src/inverse/guidance/annealed-likelihood.ts';
import { diffpir } from '../../src/inverse/posterior/diffpir.ts';
import { mixtureDraws } from '../../src/inverse/posterior/exact-posterior.ts';
import { measure } from '../../src/inverse/measurement.ts';
import { mmps } from '../../src/inverse/guidance/mmps.ts';
import type { LinearOperator } from '../../src/inverse/operator/operator.ts';
import { pigdm } from '../../src/inverse/guidance/pigdm.ts';
import type { Guidance } from '../../src/inverse/problem.ts';
import type { GaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { allSdes, timesWithin } from '../sde/all.ts';
import { conditionalScore, gaussianPrior, operators, problemOf } from './cases.ts';

const dimension = 4;
const isotropic: GaussianMixture = { means: gaussianPrior(dimension).means, stds: 0.7 };
// So wide that its part in the posterior is about (sigma / alpha)^2 1e-10 of the rest; its variance rounds to 1e-6.
const flat: GaussianMixture = { means: gaussianPrior(dimension).means, stds: 1e5 };
const [everything, half, sums] = operators(dimension) as [LinearOperator, LinearOperator, LinearOperator];

/** A guidance, a prior and operators for which it is exact. */
const exactCases: readonly {
  name: string;
  guidance: Guidance;
  prior: GaussianMixture;
  on: readonly LinearOperator[];
}[] = [
  {
    name: 'MMPS on a Gaussian',
    guidance: mmps({ iterations: 4 }),
    prior: gaussianPrior(dimension),
    on: [everything, half, sums],
  },
  {
    name: 'PiGDM on a Gaussian of its variance',
    guidance: pigdm({ dataStd: 0.7 }),
    prior: isotropic,
    on: [everything, half, sums],
  },
  { name: 'DiffPIR on a flat prior', guidance: diffpir(), prior: flat, on: [everything, half, sums] },
  { name: 'annealed likelihood on a flat prior', guidance: annealedLikelihood(), prior: flat, on: [everything, half] },
];

describe.each(allSdes)('guided scores of $kind', (sde) => {
  it.each(exactCases)('$name: the score of x_t given y', async ({ guidance, prior, on }) => {
    for (const operator of on) {
      const near = { means: prior.means, stds: 1 };
      const truth = mixtureDraws(split(key(5), 1), near);
      const measurement = measure(split(key(3), 1), { operator, noiseStd: 0.2 }, truth);
      const expected = conditionalScore(sde, prior, measurement);
      const score = guidance(problemOf(sde, prior, measurement));
      for (const t of timesWithin(sde)) {
        const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
        const x = combine(
          [alpha, mixtureDraws(split(key(6), 3), near)],
          [sigma, normalBatch(split(key(7), 3), [dimension])],
        );
        // As denoised estimates, the unit of which is that of the data.
        const gap = combine([sigma ** 2 / alpha, await score(x, t)], [-(sigma ** 2) / alpha, await expected(x, t)]);
        const tolerance = prior === flat ? 1e-4 + 1e-9 * (sigma / alpha) ** 3 : 1e-7 * (1 + sigma / alpha);
        gap.data.forEach((v) => expect(Math.abs(v)).toBeLessThan(tolerance));
      }
    }
  });
});

describe.each(exactCases)('$name', ({ guidance, prior }) => {
  const sde = allSdes[1]!;
  const x = normalBatch(split(key(11), 5), [dimension]);
  const truths = mixtureDraws(split(key(5), 5), prior === flat ? isotropic : prior);
  const measurement = measure(split(key(3), 5), { operator: sums, noiseStd: 0.2 }, truths);
  const score = guidance(problemOf(sde, prior, measurement));

  it('takes one time and one measurement for each sample, in any part of the batch', async () => {
    const times = [0.1, 0.3, 0.5, 0.7, 0.9];
    const all = await score(x, times);
    for (const rows of [[3], [4, 1], [2, 0, 3]]) {
      const take = (of: Tensor): Tensor => tensor(rows.flatMap((i) => [...of.data.subarray(i * dimension, (i + 1) * dimension)]), [rows.length, dimension]); // prettier-ignore
      const part = await score(take(x), rows.map((i) => times[i]!), rows); // prettier-ignore
      expect(part.data).toEqual(take(all).data);
    }
    await expect(score(tensor(x.data.slice(0, 8), [2, 4]), 0.5)).rejects.toThrow(
      'expected one measurement, or one for each',
    );
    await expect(score(x, 0.5, [0, 1, 2, 3, 5])).rejects.toThrow('expected one measurement, or one for each');
  });
});

it('weight 0 is the score of the prior itself', () => {
  const measurement = measure(
    split(key(3), 1),
    { operator: half, noiseStd: 0.2 },
    mixtureDraws(split(key(5), 1), isotropic),
  );
  const problem = problemOf(allSdes[1]!, isotropic, measurement);
  for (const guidance of [mmps({ weight: 0 }), pigdm({ weight: 0 }), annealedLikelihood({ weight: 0 })])
    expect(guidance(problem)).toBe(problem.score);
});

it('the weight is the factor of the likelihood term', async () => {
  const measurement = measure(
    split(key(3), 1),
    { operator: half, noiseStd: 0.2 },
    mixtureDraws(split(key(5), 1), isotropic),
  );
  const problem = problemOf(allSdes[1]!, isotropic, measurement);
  const x = normalBatch(split(key(11), 2), [dimension]);
  for (const guidance of [mmps, pigdm, annealedLikelihood]) {
    const [prior, one, two] = [
      await problem.score(x, 0.4),
      await guidance({ weight: 1 })(problem)(x, 0.4),
      await guidance({ weight: 2 })(problem)(x, 0.4),
    ];
    const gap = combine([1, two], [-2, one], [1, prior]);
    gap.data.forEach((v, i) => expect(Math.abs(v) / (1 + Math.abs(two.data[i]!))).toBeLessThan(1e-12));
    expect(Math.max(...combine([1, one], [-1, prior]).data.map(Math.abs))).toBeGreaterThan(0.1);
  }
});

it('DiffPIR minimizes its objective', async () => {
  const sde = allSdes[1]!;
  const noiseStd = 0.3;
  const measurement = measure(
    split(key(3), 1),
    { operator: sums, noiseStd },
    mixtureDraws(split(key(5), 1), isotropic),
  );
  const problem = problemOf(sde, isotropic, measurement);
  const [t, priorWeight] = [0.4, 7];
  const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
  const x = normalBatch(split(key(11), 1), [dimension]);
  const denoisedBy = async (score: typeof problem.score): Promise<Tensor> =>
    combine([1 / alpha, x], [sigma ** 2 / alpha, await score(x, t)]);
  const z = await denoisedBy(diffpir({ priorWeight })(problem));
  const d = await denoisedBy(problem.score);
  const rho = (priorWeight * noiseStd ** 2 * alpha ** 2) / sigma ** 2;
  // The gradient A^T (A z - y) + rho (z - D) vanishes.
  const misfit = combine([1, sums.apply(z)], [-1, measurement.y]);
  const gradient = combine([1, sums.adjoint(misfit)], [rho, z], [-rho, d]);
  gradient.data.forEach((v) => expect(Math.abs(v)).toBeLessThan(1e-10));
});
