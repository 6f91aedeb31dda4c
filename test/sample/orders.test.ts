import { describe, expect, it } from 'vitest';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { probabilityFlow } from '../../src/sample/probability-flow.ts';
import { finish } from '../../src/sample/sampler.ts';
import { gaussianMixture } from '../../src/sde/gaussian-mixture.ts';
import { logSnrGrid } from '../../src/sde/time-grid.ts';
import { allSdes } from '../sde/all.ts';
import { orderedSamplers } from './all.ts';
import { gaussianScore, marginal } from './gaussian-case.ts';

const deterministic = orderedSamplers.filter(({ noises }) => noises === 0);
const stochastic = orderedSamplers.filter(({ noises }) => noises > 0);
const grid = logSnrGrid;
const order = (errors: readonly number[]): number => Math.log2(errors[0]! / errors[1]!);

describe.each(allSdes)('the probability flow of $kind', (sde) => {
  const { score } = gaussianMixture(sde, { means: tensor([1, 0, 0, -1, 2, 2], [3, 2]), stds: [0.3, 0.1, 0.5] });
  const request = { sde, score, shape: [2], keys: split(key(51), 6) };
  const reference = finish(probabilityFlow({ rtol: 1e-11, atol: 1e-11, denoiseLast: false })(request));

  it.each(deterministic)('of a mixture by $name converges with order $order', async ({ of, order: expected, name }) => {
    const exact = (await reference).x.data;
    const errors = [];
    for (const steps of [80, 160]) {
      const { x } = await finish(of({ steps, denoiseLast: false, grid })(request));
      errors.push(Math.max(...x.data.map((v, i) => Math.abs(v - exact[i]!))));
    }
    console.log(sde.kind, name, expected, order(errors).toFixed(2), errors);
  });
});
