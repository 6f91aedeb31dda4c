/**
 * @file One network is a DDPM and an SMLD: trained on the noise of DDPM's states, it has the loss of SMLD's scores, and
 * samples by either.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { combine } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { buildTraining } from '../../src/catalog/build.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { scaled, unscaled } from '../../src/data/scaler.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { annealedLangevin } from '../../src/sample/correctors/annealed-langevin.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish, type Sampler } from '../../src/sample/sampler.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { changeOfVariables } from '../../src/sde/change-of-variables.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { smld } from '../../src/sde/processes/smld.ts';
import { logSnrGrid } from '../../src/sde/time/time-grid.ts';
import { averaged } from '../../src/train/train.ts';
import { pointAfter } from './tiny.ts';

const steps = 100;
const n = 1000;
const backend = nodeBackend({ threads: 1 });
const set = (await openDataSet('two-gaussians')) as PointSet;
const config = resolveConfig(set, {
  data: { ref: 'two-gaussians' },
  net: { width: 64, features: 32 },
  sde: { kind: 'ddpm', steps },
  train: { batch: 256, learningRate: 2e-3, warmup: 100, emaDecay: 0.99 },
});
const training = buildTraining(config, set);
const { state } = await pointAfter({ ...training, backend, set, batch: config.train.batch, key: key(1) }, 1500);
const params = averaged(state);
const model = scoreModel(backend, training.net, { params, process: training.process, maxBatch: 1024 });
afterAll(() => model.dispose());

const chain = training.process.sde;
/** SMLD with the noise ratios of the chain: level i of both stands at i / N. */
const levels = smld({ sigmas: chain.levels!.map((t) => noiseRatio(chain, t)) });
const score = changeOfVariables(model.score, { from: chain, to: levels });

const byAncestors = predictorCorrector({ predictor: ancestral(), steps: steps - 1 });
// The chain has six levels between the width of a mode and its least noise: Langevin dynamics need more of them.
const byAnnealing = predictorCorrector({
  predictor: annealedLangevin({ stepSize: 0.3 }),
  steps: 150,
  grid: logSnrGrid,
});

const x0 = scaled(training.scaler, tensor(set.values.subarray(0, 2 * n), [n, 2]));
const z = tensor(normal(key(5), 2 * n), [n, 2]);

/** Largest difference of two lists of numbers. */
function gap(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

function sampled(sde: Sde, of: ScoreFn, sampler: Sampler): Promise<{ readonly x: typeof x0 }> {
  return finish(sampler({ sde, score: of, shape: [2], keys: split(key(6), n) }));
}

describe('a network that was trained as a DDPM', () => {
  it('has levels of SMLD at the times of its own', () => {
    expect(levels.levels).toEqual(chain.levels);
    for (const t of chain.levels!) expect(noiseRatio(levels, t) / noiseRatio(chain, t)).toBeCloseTo(1, 12);
  });

  it('has the loss of SMLD at every level: L_simple is L_denoise with weights sigma^2', async () => {
    for (const t of [1, 2, 10, 50, 90, 100].map((i) => i / steps)) {
      const [alpha, sigmaHat, sigma] = [chain.alpha(t), chain.sigma(t), levels.sigma(t)];
      // DDPM: the predicted noise -sigmaHat s of sqrt(alphaBar) x0 + sqrt(1 - alphaBar) z.
      const predicted = combine([-sigmaHat, await model.score(combine([alpha, x0], [sigmaHat, z]), t)]);
      const simple = combine([1, z], [-1, predicted]);
      // SMLD: sigma (s - grad log q(x | x0)) at x0 + sigma z.
      const denoise = combine([sigma, await score(combine([1, x0], [sigma, z]), t)], [1, z]);
      // The network reads the same numbers up to the last bits of float32.
      expect(gap(simple.data, denoise.data)).toBeLessThan(2e-5);
      const loss = (error: typeof z): number => error.data.reduce((sum, value) => sum + value * value, 0) / (2 * n);
      expect(loss(denoise) / loss(simple)).toBeCloseTo(1, 5);
      // No more than predicting nothing: 1 up to four standard errors sqrt(2 / 2000).
      expect(loss(simple)).toBeLessThan(1.13);
    }
  });

  it('takes the same ancestral steps in x and in x / alpha, from the same noise', async () => {
    const [byChain, byLevels] = [
      await sampled(chain, model.score, byAncestors),
      await sampled(levels, score, byAncestors),
    ];
    // The priors N(0, 1) and N(0, sigma_N^2) differ by the factor sqrt(1 - alphaBar_N) = 1 - 2e-5.
    const gaps = byChain.x.data.map((value, i) => Math.abs(value - byLevels.x.data[i]!)).sort();
    expect(gaps[n]).toBeLessThan(1e-3);
    expect(gaps.filter((value) => value > 0.05).length).toBeLessThan(0.01 * n);
  });

  it.each([
    { name: 'as a DDPM, by ancestral steps', sde: chain, of: model.score, sampler: byAncestors },
    { name: 'as an SMLD, by annealed Langevin dynamics', sde: levels, of: score, sampler: byAnnealing },
    { name: 'as an SMLD, by ancestral steps', sde: levels, of: score, sampler: byAncestors },
  ])('samples $name: the modes with their weights, means and widths (n = 1000)', async ({ sde, of, sampler }) => {
    const { data } = unscaled(training.scaler, (await sampled(sde, of, sampler)).x);
    const upper = Array.from({ length: n }, (_, i) => i).filter((i) => data[2 * i]! + data[2 * i + 1]! > 0);
    // Four standard errors of a share of 0.7.
    expect(Math.abs(upper.length / n - 0.7)).toBeLessThan(4 * Math.sqrt(0.21 / n));
    for (const axis of [0, 1]) {
      const values = upper.map((i) => data[2 * i + axis]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      // The mode is N(1, 0.2^2): standard errors of 0.008 and 0.005, and what so short a training leaves, up to 0.04.
      expect(Math.abs(mean - 1)).toBeLessThan(0.06);
      expect(Math.abs(std - 0.2)).toBeLessThan(0.05);
    }
  });
});
