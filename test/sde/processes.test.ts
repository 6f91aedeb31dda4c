/** @file Processes that differ from those of the samplers' tests in their levels, a constant or the units of time. */
import { describe, expect, it } from 'vitest';
import { map } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { logLikelihood } from '../../src/likelihood/log-likelihood.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish } from '../../src/sample/sampler.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { priorLogDensity } from '../../src/sde/prior.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import { allSdes, everySde } from './all.ts';

const others = everySde.filter((sde) => !allSdes.includes(sde));
const mixture = { means: tensor([-1.4, 0.6], [2, 1]), stds: [0.2, 0.2], weights: [0.3, 0.7] };

describe.each(others)('$kind', (sde) => {
  it('gives the likelihood of its flow, with its own prior', async () => {
    const { scoreJvp, logDensity } = gaussianMixture(sde, mixture);
    const points = tensor([-1.5, -1, 0, 0.5, 0.9], [5, 1]);
    const found = await logLikelihood({ sde, scoreJvp, keys: split(key(1), 5) }, points, {
      rtol: 1e-6,
      atol: 1e-6,
      trace: { kind: 'exact' },
    });
    const [before, after] = [logDensity(points, sde.tMin), logDensity(found.latent, sde.tMax)];
    const prior = priorLogDensity(sde, found.latent);
    found.logDensityNats.forEach((value, i) => {
      // Global error of the solver at tolerance 1e-6, which also steps over the bends at levels.
      expect(Math.abs(value - (before[i]! + prior[i]! - after[i]!))).toBeLessThan(2e-3);
    });
  });

  it('has a prior close to its last law', () => {
    const { logDensity } = gaussianMixture(sde, mixture);
    const x = map(normalBatch(split(key(2), 400), [1]), (z) => sde.priorStd * z);
    const gaps = logDensity(x, sde.tMax).map((value, i) => priorLogDensity(sde, x)[i]! - value);
    // KL(prior || p) of the draws: 0 up to alpha^2 / sigma^2 times the data's variance of 1, at most 1 / 900 here.
    expect(Math.abs(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length)).toBeLessThan(0.01);
  });
});

const short = [...others.filter(({ levels }) => (levels?.length ?? 0) > 100), rectifiedFlow(), vp()];

it.each(short)('$kind samples both modes by their weights in 100 ancestral steps', async (sde) => {
  const n = 1000;
  const sampler = predictorCorrector({ predictor: ancestral(), steps: 100 });
  const { score } = gaussianMixture(sde, mixture);
  const { x } = await finish(sampler({ sde, score, shape: [1], keys: split(key(3), n) }));
  const low = x.data.filter((v) => v < -0.4);
  // Four standard errors of a share of 0.3 among 1000, and of the mean of each mode with a bias of 100 steps.
  expect(Math.abs(low.length / n - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / n));
  expect(Math.abs(low.reduce((sum, v) => sum + v, 0) / low.length + 1.4)).toBeLessThan(
    4 * (0.2 / Math.sqrt(300)) + 0.02,
  );
});
