/** @file Progressive distillation of linear teachers, whose students are known in closed form. */
import { describe, expect, it } from 'vitest';
import { key, foldIn, split } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { constantScope, type Network, type ParamVectors } from '../../../src/nn/network.ts';
import { fewSteps, fewStepTimes } from '../../../src/sample/few-steps.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { fromState } from '../../../src/sample/start.ts';
import { progressiveDistillation } from '../../../src/score/distillation/progressive.ts';
import type { FrozenScore } from '../../../src/score/objectives/frozen-score.ts';
import { gaussian } from '../../../src/sde/exact/gaussian.ts';
import { edmParametrization, epsilon, vPrediction } from '../../../src/sde/learning/parametrization.ts';
import { truncatedSnrWeighting, vWeighting } from '../../../src/sde/learning/weighting.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { siteOf } from '../site.ts';
import { angleSde, estimateFactor, lowest, perTime } from './linear.ts';

const paramsOf = (k: ArrayLike<number>): ParamVectors => ({ trained: Float32Array.from(k), fixed: new Float32Array() });

/** The factors d of D = d x of the student of a teacher, in the order of its times, by a training that is exact. */
function studentOf(
  process: FrozenScore['process'],
  teacher: FrozenScore,
  steps: number,
): { net: Network; k: number[]; d: number[] } {
  const times = fewStepTimes(process.sde, steps);
  const net = perTime(process, times);
  const objective = progressiveDistillation(process, { teacher, steps });
  // Stratified draws of as many samples see each time once.
  const drawn = objective.draw(new Float32Array(steps).fill(0.3), steps, key(2), 1);
  if (drawn instanceof Promise) throw new Error('a promise');
  expect(new Set(drawn.times).size).toBe(steps);
  const k = lowest(objective, net, { feeds: [drawn.feeds], k: times.map(() => 0), batch: steps });
  return { net, k, d: times.map((t, i) => estimateFactor(process, t, k[i]!)) };
}

describe('N(0, 1/4) on the published schedule', () => {
  const sde = angleSde();
  const { score } = gaussian(sde, { mean: tensor([0], [1]), std: 0.5 });
  const factorOf = async (steps: number): Promise<number> => {
    const start = fromState(tensor([1], [1, 1]), sde.tMax);
    const { x, evals } = await finish(fewSteps({ steps })({ sde, score, shape: [1], keys: split(key(0), 1), start }));
    expect(evals).toEqual([steps]);
    return x.data[0]!;
  };

  it('the sampler of few steps takes noise to the published factors', async () => {
    const golden = {
      1: 1.135e-5,
      2: 0.20000227,
      4: 0.333438418,
      8: 0.411373354,
      16: 0.453926567,
      64: 0.488093616,
      1024: 0.499247552,
    };
    for (const [steps, factor] of Object.entries(golden))
      // The digits that are printed.
      expect(Math.abs((await factorOf(Number(steps))) - factor)).toBeLessThan(6e-10);
  });

  it('students of students of the 8-step teacher have the factors of the table, and all end where it does', () => {
    // With F = 0 the preconditioning of EDM is exact for this data.
    const process = { sde, parametrization: edmParametrization({ sigmaData: 0.5 })(sde) };
    const zero = perTime(process, [1, 2]);
    let teacher: FrozenScore = { net: zero, params: paramsOf([0, 0]), process };
    const golden: Record<number, number[]> = {
      4: [0.736786059, 0.341261603, 0.14106036, 0.025604739],
      2: [0.534836748, 0.087756048],
      1: [0.411373354],
    };
    for (const steps of [4, 2, 1]) {
      const { net, k, d } = studentOf(process, teacher, steps);
      // Coefficients, and the numbers of the teacher, are float32.
      d.toReversed().forEach((factor, i) => expect(Math.abs(factor - golden[steps]![i]!)).toBeLessThan(1e-6));
      teacher = { net, params: paramsOf(k), process };
    }
  });
});

describe.each([
  { name: 'EDM', sde: edm(), of: edmParametrization() },
  { name: 'rectified flow, v', sde: rectifiedFlow(), of: vPrediction() },
  { name: 'VE, noise', sde: ve(), of: epsilon() },
])('random linear teachers on $name', ({ sde, of }) => {
  it.each([1, 2, 5])('a student of %d steps ends each where two steps of its teacher end', (steps) => {
    const teacherProcess = { sde, parametrization: of(sde) };
    const process = { sde, parametrization: edmParametrization({ sigmaData: 0.8 })(sde) };
    const times = fewStepTimes(sde, 2 * steps);
    const gains = normal(foldIn(key(7), steps), 2 * steps);
    const teacher = { net: perTime(teacherProcess, times), params: paramsOf(gains), process: teacherProcess };
    const { d } = studentOf(process, teacher, steps);
    const all = [...times.map((t) => ({ alpha: sde.alpha(t), sigma: sde.sigma(t) })), { alpha: 1, sigma: 0 }];
    const step = (i: number, j: number, factor: number): number => {
      const [from, to] = [all[i]!, all[j]!];
      return to.sigma / from.sigma + (to.alpha - (to.sigma / from.sigma) * from.alpha) * factor;
    };
    d.forEach((factor, j) => {
      const teachers = [2 * j, 2 * j + 1].map((i) =>
        estimateFactor(teacherProcess, times[i]!, teacher.params.trained[i]!),
      );
      const two = step(2 * j, 2 * j + 1, teachers[0]!) * step(2 * j + 1, 2 * j + 2, teachers[1]!);
      const scale = Math.abs(two) + Math.abs(teachers[0]!) + Math.abs(teachers[1]!);
      expect(Math.abs(step(2 * j, 2 * j + 2, factor) - two) / scale).toBeLessThan(3e-6);
    });
  });
});

it('weighs the squared error of the data by max(SNR, 1), or by SNR + 1, which is that of v', () => {
  const sde = rectifiedFlow();
  const process = { sde, parametrization: vPrediction()(sde) };
  const net = perTime(process, [0.1, 0.9]);
  const teacher = { net, params: paramsOf([0.3, -0.2]), process };
  const lossesOf = (weighting: typeof vWeighting): { losses: Float64Array; times: readonly number[] } => {
    const objective = progressiveDistillation(process, {
      teacher,
      steps: 4,
      weighting: weighting(sde),
      reduction: 'sum',
    });
    const drawn = objective.draw(new Float32Array(8).fill(0.5), 8, key(3), 1);
    if (drawn instanceof Promise) throw new Error('a promise');
    const g = graph();
    const student = constantScope(net, paramsOf([0.9, 0.4]), g);
    const { losses } = objective.write(g, net, siteOf(student, 8));
    return { losses: evaluate([losses], drawn.feeds)[0]!, times: drawn.times };
  };
  const [truncated, squares] = [lossesOf(truncatedSnrWeighting), lossesOf(vWeighting)];
  truncated.times.forEach((t, i) => {
    const snr = (sde.alpha(t) / sde.sigma(t)) ** 2;
    expect(truncated.losses[i]! / squares.losses[i]!).toBeCloseTo(Math.max(snr, 1) / (snr + 1), 5);
  });
});
