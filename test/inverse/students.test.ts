/** @file Few steps of a map to the end of the flow, each moved towards the measurement, where the answer is known. */
import { expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import { exactFlowMap } from '../../src/evaluate/exact-flow-map.ts';
import { diffpir } from '../../src/inverse/posterior/diffpir.ts';
import { guided } from '../../src/inverse/problem.ts';
import { mask } from '../../src/inverse/operator/index.ts';
import { fewSteps } from '../../src/sample/few-steps.ts';
import { finish } from '../../src/sample/sampler.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { timesOf, type ScoreFn } from '../../src/sde/score-fn.ts';
import { scoreOfDenoised } from '../../src/inverse/guidance/denoised.ts';

const n = 500;
const sde = edm();
const laws = [
  { means: [0.3], stds: 0.5 },
  { means: [-1, 0.5], stds: [0.1, 0.3], weights: [0.3, 0.7] },
];
const map = exactFlowMap(sde, laws);
/** The score of a student that has learned the map to the end. */
const student: ScoreFn = async (x, t) => {
  const [from = 0] = timesOf(t, x);
  return scoreOfDenoised(sde, { x, t }, await map(x, from, sde.tEnd));
};
const operator = mask([2], tensor([1, 0], [2]));
const measurement = {
  operator,
  y: tensor(
    Array.from({ length: n }, () => 0.8),
    [n, 1],
  ),
  noiseStd: 0,
};

it.each([
  { steps: 1, freshNoise: false },
  { steps: 3, freshNoise: true },
])('what is not measured of independent numbers keeps its law, what is measured is met: %o', async (how) => {
  const sampler = guided(diffpir(), fewSteps(how));
  const { x, evals } = await finish(sampler({ sde, score: student, measurement, shape: [2], keys: split(key(5), n) }));
  expect(evals[0]).toBe(how.steps);
  const numbers = (i: number): readonly number[] => Array.from({ length: n }, (_, row) => Number(x.data[2 * row + i]));
  // A step of float64 arithmetic at noise 80.
  for (const value of numbers(0)) expect(Math.abs(value - 0.8)).toBeLessThan(1e-9);
  const free = numbers(1);
  // P(below c) of the mixture at its valley, and the mean, 4 standard errors each.
  const mean = free.reduce((sum, value) => sum + value, 0) / n;
  const exact = 0.3 * -1 + 0.7 * 0.5;
  const variance = 0.3 * (0.01 + (-1 - exact) ** 2) + 0.7 * (0.09 + (0.5 - exact) ** 2);
  expect(Math.abs(mean - exact)).toBeLessThan(4 * Math.sqrt(variance / n));
  const left = free.filter((value) => value < -0.6).length / n;
  expect(Math.abs(left - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / n) + 0.001);
});
