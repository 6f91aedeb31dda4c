/** @file Guidance by class, against the exact score of a class of a mixture. */
import { describe, expect, it } from 'vitest';
import { combine } from '../../../src/base/arith.ts';
import { ConfigError } from '../../../src/base/errors.ts';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { takeRows, tensor } from '../../../src/base/tensor.ts';
import { classifierFreeGuidance } from '../../../src/sde/guidance/classifier-free-guidance.ts';
import { classifierGuidance } from '../../../src/sde/guidance/classifier-guidance.ts';
import { ancestral } from '../../../src/sample/steps/ancestral.ts';
import { predictorCorrector } from '../../../src/sample/predictor-corrector.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { gaussianMixture, type GaussianMixture } from '../../../src/sde/exact/gaussian-mixture.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import type { ScoreFn } from '../../../src/sde/score-fn.ts';
import type { Sde } from '../../../src/sde/sde.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { allSdes } from '../all.ts';
import { mixturePrior } from '../../inverse/cases.ts';

const prior = mixturePrior(3);
const means = prior.means;
const stds = prior.stds as readonly number[];
const weights = prior.weights!;
// The class is the first two components, of weights 1 and 2 of 6.
const ofClass: GaussianMixture = {
  means: takeRows(means, [0, 1]),
  stds: stds.slice(0, 2),
  weights: weights.slice(0, 2),
};

/** grad log p(c | x_t) by central differences of the two densities, of fourth order. */
function classifierOf(sde: Sde): ScoreFn {
  const [all, own] = [gaussianMixture(sde, prior), gaussianMixture(sde, ofClass)];
  return (x, t) => {
    const h = 1e-3 * sde.sigma(t as number);
    const data = x.data.map((_, at) => {
      const log = (by: number): number => {
        const moved = tensor(x.data.map((v, i) => (i === at ? v + by * h : v)), x.shape); // prettier-ignore
        return own.logDensity(moved, t)[Math.floor(at / 3)]! - all.logDensity(moved, t)[Math.floor(at / 3)]!;
      };
      return (8 * (log(1) - log(-1)) - (log(2) - log(-2))) / (12 * h);
    });
    return Promise.resolve(tensor(data, x.shape));
  };
}

const x = normalBatch(split(key(1), 4), [3]);

describe.each(allSdes)('classifier guidance of $kind', (sde) => {
  it('is the exact score of the class with the exact classifier of the mixture', async () => {
    const { score } = gaussianMixture(sde, prior);
    const conditional = gaussianMixture(sde, ofClass).score;
    const guided = classifierGuidance({ score, classifier: classifierOf(sde) });
    for (const part of [0.2, 0.5, 0.8]) {
      const t = sde.tMin + part * (sde.tMax - sde.tMin);
      const state = combine([Math.hypot(sde.alpha(t), sde.sigma(t)), x]);
      const [found, expected] = [await guided(state, t), await conditional(state, t)];
      // In units of the score of noise; differences of log densities of size 10 round to 1e-15 / 1e-3.
      const gap = combine([sde.sigma(t), found], [-sde.sigma(t), expected]);
      gap.data.forEach((v) => expect(Math.abs(v)).toBeLessThan(1e-8));
    }
  });
});

const sde = vp();
const unconditional = gaussianMixture(sde, prior).score;
const conditional = gaussianMixture(sde, ofClass).score;
const keys = split(key(2), 5);
const sample = async (score: ScoreFn): Promise<Float64Array> =>
  (await finish(predictorCorrector({ predictor: ancestral(), steps: 40 })({ sde, score, shape: [3], keys }))).x.data;

it('scale 0 is unconditional and scale 1 conditional, bit for bit', async () => {
  const free = await sample(unconditional);
  const given = await sample(conditional);
  expect(given).not.toEqual(free);
  expect(await sample(classifierGuidance({ score: unconditional, classifier: classifierOf(sde), scale: 0 }))).toEqual(
    free,
  );
  expect(await sample(classifierFreeGuidance({ conditional, unconditional, scale: 0 }))).toEqual(free);
  expect(await sample(classifierFreeGuidance({ conditional, unconditional, scale: 1 }))).toEqual(given);
});

it('one class only is the score of all: guidance changes nothing', async () => {
  const free = await sample(unconditional);
  const same = await sample(classifierFreeGuidance({ conditional: unconditional, unconditional, scale: 3 }));
  same.forEach((v, i) => expect(v).toBeCloseTo(free[i]!, 8));
});

it('scales the difference of the scores, for each time its own', async () => {
  const times = [0.1, 0.4, 0.6, 0.9];
  const [given, free] = [await conditional(x, times), await unconditional(x, times)];
  const everywhere = await classifierFreeGuidance({ conditional, unconditional, scale: 2.5 })(x, times);
  everywhere.data.forEach((v, i) => expect(v).toBeCloseTo(free.data[i]! + 2.5 * (given.data[i]! - free.data[i]!), 10));
  const interval = { sde, low: noiseRatio(sde, 0.3), high: noiseRatio(sde, 0.7) };
  const within = await classifierFreeGuidance({ conditional, unconditional, scale: 2.5, interval })(x, times);
  within.data.forEach((v, at) => {
    const inside = [1, 2].includes(Math.floor(at / 3));
    expect(v).toBeCloseTo(inside ? everywhere.data[at]! : given.data[at]!, 10);
  });
});

it('evaluates only what the scale needs', async () => {
  let evals = '';
  const counted = (name: string, score: ScoreFn): ScoreFn => {
    return (...at) => {
      evals += name;
      return score(...at);
    };
  };
  const scores = { conditional: counted('c', conditional), unconditional: counted('u', unconditional) };
  const interval = { sde, low: noiseRatio(sde, 0.3), high: noiseRatio(sde, 0.7) };
  await classifierFreeGuidance({ ...scores, scale: 0 })(x, 0.5);
  await classifierFreeGuidance({ ...scores, scale: 1 })(x, 0.5);
  await classifierFreeGuidance({ ...scores, scale: 2, interval })(x, 0.2);
  await classifierFreeGuidance({ ...scores, scale: 2, interval })(x, 0.5);
  expect(evals).toBe('ucccu');
});

it.each([{ scale: -1 }, { scale: NaN }, { interval: { sde, low: 2, high: 1 } }])('refuses %o', (options) => {
  expect(() => classifierFreeGuidance({ conditional, unconditional, ...options })).toThrow(ConfigError);
});

it('a classifier has a scale of at least 0', () => {
  expect(() => classifierGuidance({ score: unconditional, classifier: conditional, scale: -0.1 })).toThrow(ConfigError);
});
