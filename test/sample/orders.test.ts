import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { finish } from '../../src/sample/sampler.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { sigmaPower } from '../../src/sde/processes/sigma-power.ts';
import { logSnrGrid } from '../../src/sde/time/time-grid.ts';
import { allSdes } from '../sde/all.ts';
import { orderedSamplers } from './all.ts';
import { marginal } from './gaussian-case.ts';
import { exactMoments } from './linear.ts';

const deterministic = orderedSamplers.filter(({ noise }) => noise === undefined);
const stochastic = orderedSamplers.flatMap(({ noise, ...sampler }) => (noise ? [{ ...sampler, noise }] : []));
const grid = logSnrGrid;

/** From the errors of n and of 2 n steps, n being just large enough for the leading term to dominate. */
function expectOrder([coarse, fine]: readonly number[], expected: number): void {
  const order = Math.log2(coarse! / fine!);
  expect(order).toBeGreaterThan(expected - 0.4);
  expect(order).toBeLessThan(expected + 0.6);
}

// A wide prior, where estimates hardly change in the first steps, which multistep methods take at lower order.
const sdes = allSdes.map((sde) => (sde.kind === 'sigma-power' ? sigmaPower({ sigma: 200 }) : sde));

describe.each(sdes)('the probability flow of $kind', (sde) => {
  const { score } = gaussianMixture(sde, { means: tensor([1, 0, 0, -1, 2, 2], [3, 2]), stds: [0.3, 0.1, 0.5] });
  const request = { sde, score, shape: [2], keys: split(key(51), 4) };
  const reference = finish(probabilityFlow({ rtol: 1e-11, atol: 1e-11, denoiseLast: false })(request));

  it.each(deterministic)('of a mixture by $name converges with order $order', async ({ of, order: expected }) => {
    const exact = (await reference).x.data;
    const errors = [];
    for (const steps of [120, 240]) {
      const { x } = await finish(of({ steps, denoiseLast: false, grid })(request));
      errors.push(Math.max(...x.data.map((v, i) => Math.abs(v - exact[i]!))));
    }
    expectOrder(errors, expected);
  });
});

describe.each(allSdes)('the reverse SDE of $kind', (sde) => {
  it.each(stochastic)(
    'for Gaussian data by $name converges with weak order $order',
    async ({ of, order: expected, noise }) => {
      const exact = marginal(sde, sde.tEnd);
      const errors = [];
      for (const steps of [40, 80]) {
        const found = await exactMoments(sde, of({ steps, denoiseLast: false, grid }), { steps, noise });
        expect(Math.abs(found.mean - exact.mean)).toBeLessThan(0.1);
        errors.push(Math.abs(found.variance - exact.variance));
      }
      expectOrder(errors, expected);
    },
  );
});
