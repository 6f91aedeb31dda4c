/** @file What guidance draws from a Gaussian class within a Gaussian law of all, against closed forms. */
import { expect, it } from 'vitest';
import { key, split } from '../../../src/base/key.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { cfgPlusPlus } from '../../../src/catalog/guidances/cfg-plus-plus.ts';
import { ddim } from '../../../src/sample/steps/ddim.ts';
import { probabilityFlow } from '../../../src/sample/adaptive/probability-flow.ts';
import { predictorCorrector } from '../../../src/sample/predictor-corrector.ts';
import { finish, type Sampler } from '../../../src/sample/sampler.ts';
import { fromState } from '../../../src/sample/start.ts';
import { gaussian } from '../../../src/sde/exact/gaussian.ts';
import { classifierFreeGuidance } from '../../../src/sde/guidance/classifier-free-guidance.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import type { ScoreFn } from '../../../src/sde/score-fn.ts';
import type { Sde } from '../../../src/sde/sde.ts';

const levelled = edm({ sigmaMin: 0.002, sigmaMax: 80 });
/** To no noise, but for what does not show in seven digits. */
const toData = edm({ sigmaMin: 1e-6, sigmaMax: 80 });
const sde = levelled;
const [classVariance, variance] = [0.25, 1];
const conditional = gaussian(sde, { mean: tensor([1], [1]), std: Math.sqrt(classVariance) }).score;
const unconditional = gaussian(sde, { mean: tensor([0], [1]), std: Math.sqrt(variance) }).score;

/** Mean and standard deviation of an affine map of N(0, 80^2), by where it takes two states. */
async function law(
  sampler: Sampler,
  scores: { score: ScoreFn; unguided?: ScoreFn },
  sde: Sde = levelled,
): Promise<[number, number]> {
  const start = fromState(tensor([0, 80], [2, 1]), sde.tMax);
  const { x } = await finish(sampler({ sde, ...scores, shape: [1], keys: split(key(0), 2), start }));
  const [mean = NaN, moved = NaN] = x.data;
  return [mean, Math.abs(moved - mean)];
}

it.each([
  [2, 1.142857, 1.373923, 0.2500098],
  [4, 1.2307692, 1.51444, 0.0625098],
])('the flow of guidance by %d is not the tilted law', async (scale, tilted, mean, flow) => {
  // p_c^w p^(1-w) is a Gaussian of precision w / v + (1 - w) / V.
  const precision = scale / classVariance + (1 - scale) / variance;
  expect(scale / classVariance / precision).toBeCloseTo(tilted, 6);
  const score = classifierFreeGuidance({ conditional, unconditional, scale });
  const found = await law(probabilityFlow({ rtol: 1e-10, atol: 1e-10 }), { score }, toData);
  expect(found[0]).toBeCloseTo(mean, 6);
  // From endless noise it would be the power law v^w V^(1-w).
  expect(found[1]).toBeCloseTo(flow, 7);
  expect(found[1]).toBeCloseTo(Math.sqrt(classVariance ** scale * variance ** (1 - scale)), 4);
  expect(Math.abs(found[1] ** 2 - 1 / precision)).toBeGreaterThan(0.007);
});

it.each([
  [0.3, 1.089598, 0.44108],
  [0.6, 1.471531, 0.197704],
  [1, 1.550404, 0.059675],
])('CFG++ by %d on 33 Karras levels and zero', async (scale, mean, spread) => {
  const levels = Array.from(
    { length: 33 },
    (_, i) => (80 ** (1 / 7) + (i / 32) * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7,
  );
  const parts = {
    sde,
    conditional: { score: conditional } as never,
    unconditional: { score: unconditional } as never,
    guide: undefined,
  };
  const sampler = predictorCorrector({ predictor: ddim(), steps: 32, grid: () => levels });
  const { score, unguided } = cfgPlusPlus.build({ scale }, parts);
  const found = await law(sampler, { score, unguided: unguided! });
  expect(found[0]).toBeCloseTo(mean, 6);
  expect(found[1]).toBeCloseTo(spread, 6);
});

it('CFG++ is plain DDIM guided by w / (1 - r_to / r_from)', async () => {
  const [scale, from, to] = [0.6, 2, 0.5];
  const x = tensor([1.7, -0.4], [2, 1]);
  const keys = split(key(0), 2);
  const guided = classifierFreeGuidance({ conditional, unconditional, scale });
  const step = ddim()(sde, guided, 0, unconditional);
  const strong = classifierFreeGuidance({ conditional, unconditional, scale: scale / (1 - to / from) });
  const plain = ddim()(sde, strong);
  const [own, other] = [await step(keys, x, from, to), await plain(keys, x, from, to)];
  own.x.data.forEach((value, i) => expect(value).toBeCloseTo(other.x.data[i]!, 12));
});
