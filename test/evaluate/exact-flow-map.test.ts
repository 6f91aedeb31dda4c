/** @file The exact flow map: laws of flows, golden values, and the solver of the flow. */
import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { split, key } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { exactFlowMap, type ScalarMixture } from '../../src/evaluate/exact-flow-map.ts';
import { probabilityFlow } from '../../src/sample/adaptive/probability-flow.ts';
import { finish } from '../../src/sample/sampler.ts';
import { fromState } from '../../src/sample/start.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import { everySde, timesWithin } from '../sde/all.ts';

const mixture: ScalarMixture = { weights: [0.3, 0.7], means: [-1, 0.5], stds: [0.2, 0.4] };
const rows = (values: readonly number[]) => tensor([...values], [values.length, 1]);

describe('golden values, which DOP853 agrees with to 1e-11', () => {
  // Twelve digits are printed; the distribution function has 14.
  const cases = [
    [
      edm(),
      80,
      0.002,
      { '-80': -0.985876712585, '-20': 0.075632582884, 0: 0.273198320805, 10: 0.352771902123, 60: 0.682577689255 },
    ],
    [edm(), 1, 0.002, { '-1': -0.900569594708, 0: 0.231721901691, 0.5: 0.469605962482, 2: 1.055249411652 }],
    [
      rectifiedFlow(),
      0.995,
      0.001,
      { '-1': -0.986782433264, 0: 0.273177777472, 0.5: 0.560199198498, 2: 1.241013476452 },
    ],
  ] as const;
  it.each(cases)('%#', async (sde, from, to, values) => {
    const x = Object.keys(values).map(Number);
    const { data } = await exactFlowMap(sde, mixture)(rows(x), from, to);
    Object.values(values).forEach((value, i) => expect(Math.abs(data[i]! - value)).toBeLessThan(1e-11));
  });
});

describe.each(everySde)('$kind', (sde) => {
  const map = exactFlowMap(sde, mixture);
  const times = timesWithin(sde).filter((_, i) => i % 3 === 1);

  it('the map is a group: it goes by any way, comes back, and rests at one time', async () => {
    for (const [t, u, s] of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ].map((order) => order.map((i) => times[i]!)) as [number, number, number][]) {
      const v = Math.hypot(sde.alpha(t), sde.sigma(t));
      const x = rows([-3, -1, -0.2, 0.4, 2].map((z) => v * z));
      const direct = await map(x, t, s);
      const around = await map(await map(x, t, u), u, s);
      const back = await map(direct, s, t);
      // What is between modes is spread out by the ratio of their densities: digits are lost to the tail's 1e-14 times that.
      direct.data.forEach((value, i) =>
        expect(Math.abs(around.data[i]! - value)).toBeLessThan(1e-8 * Math.hypot(sde.alpha(s), sde.sigma(s))),
      );
      back.data.forEach((value, i) => expect(Math.abs(value - x.data[i]!)).toBeLessThan(1e-8 * v));
      expect(await map(x, t, t)).toEqual(x);
    }
  });

  it('a Gaussian moves by the closed form, far out in its tails too', async () => {
    const [t, s] = [times[2]!, times[0]!];
    const [mean, std] = [0.7, 0.3];
    const v = (time: number): number => Math.hypot(sde.alpha(time) * std, sde.sigma(time));
    const z = [-60, -8, -1, 0, 0.5, 8, 45];
    const x = rows(z.map((unit) => sde.alpha(t) * mean + v(t) * unit));
    const { data } = await exactFlowMap(sde, { means: [mean], stds: std })(x, t, s);
    const two = await exactFlowMap(sde, { means: [mean, mean], stds: std, weights: [1, 3] })(x, t, s);
    z.forEach((unit, i) => {
      const expected = sde.alpha(s) * mean + v(s) * unit;
      for (const found of [data[i]!, two.data[i]!])
        expect(Math.abs(found - expected)).toBeLessThan(1e-11 * Math.max(v(s) * Math.abs(unit), sde.alpha(s)));
    });
  });
});

it('is where the solver of the flow of the exact score ends', async () => {
  const sde = rectifiedFlow();
  const x = rows([-1.5, -0.3, 0.2, 1.1]);
  const { score } = gaussianMixture(sde, { weights: [0.3, 0.7], means: rows([-1, 0.5]), stds: [0.2, 0.4] });
  const solver = probabilityFlow({ rtol: 1e-9, atol: 1e-9, denoiseLast: false });
  const request = { sde, score, shape: [1], keys: split(key(0), 4), start: fromState(x, sde.tMax) };
  const found = await finish(solver(request));
  const expected = await exactFlowMap(sde, mixture)(x, sde.tMax, sde.tEnd);
  // Errors of a step accumulate over some hundred steps.
  expected.data.forEach((value, i) => expect(Math.abs(found.x.data[i]! - value)).toBeLessThan(1e-6));
});

it('moves each coordinate by its own law', async () => {
  const sde = edm();
  const laws = [mixture, { means: [2], stds: 1 }, { means: [-1, 1], stds: 0.1 }];
  const x = tensor([1, 2, -3, 0.1, -1, 4], [2, 3]);
  const { data } = await exactFlowMap(sde, laws)(x, 5, 0.01);
  for (const [k, law] of laws.entries()) {
    const one = await exactFlowMap(sde, law)(rows([x.data[k]!, x.data[3 + k]!]), 5, 0.01);
    expect([data[k], data[3 + k]]).toEqual([...one.data]);
  }
  await expect(exactFlowMap(sde, laws)(rows([1]), 5, 0.01)).rejects.toThrow(ShapeError);
  expect(() => exactFlowMap(sde, { means: [0], stds: -1 })).toThrow(ConfigError);
  expect(() => exactFlowMap(sde, { means: [0, 1], stds: 1, weights: [1] })).toThrow(ShapeError);
});
