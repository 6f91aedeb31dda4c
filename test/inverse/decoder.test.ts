/** @file Guidance through a decoder: of a linear one, that of the operator times its matrix, whose posterior is known. */
import { describe, expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normal, normalBatch } from '../../src/base/random.ts';
import { batchOf, tensor, type Tensor } from '../../src/base/tensor.ts';
import type { Decoder } from '../../src/inverse/decoder.ts';
import { dps } from '../../src/inverse/guidance/dps.ts';
import { mmps } from '../../src/inverse/guidance/mmps.ts';
import { pigdm } from '../../src/inverse/guidance/pigdm.ts';
import { poissonNoise } from '../../src/inverse/noise.ts';
import { matrix } from '../../src/inverse/operator/sensing/matrix.ts';
import { twisted } from '../../src/inverse/posterior/twisted.ts';
import { constrain, constrained, type InverseProblem } from '../../src/inverse/problem.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { finish } from '../../src/sample/sampler.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { timesWithin } from '../sde/all.ts';
import { conditionalScore, gaussianPrior, problemOf } from './cases.ts';

const sde = vp();
// Three latents, five numbers, four of which are measured in two sums and as they are.
const [k, d, m] = [3, 5, 4];
const weights = normal(key(1), d * k).map((w) => 0.6 * w);
const sums = Float64Array.from([1, 0, 0.5, 0, 0, 0, 1, 0, 0, -0.3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
const operator = matrix([d], tensor(sums, [m, d]));

/** Rows of x times a matrix `[rows, columns]`, or times its transpose. */
const times = (a: Float64Array, [rows, columns]: readonly [number, number], x: Tensor, transposed = false): Tensor => {
  const [from, to] = transposed ? [rows, columns] : [columns, rows];
  const at = (i: number, j: number): number => (transposed ? a[j * columns + i]! : a[i * columns + j]!);
  const entry = (row: number, i: number): number =>
    Array.from({ length: from }, (_, j) => at(i, j) * x.data[row * from + j]!).reduce((a, b) => a + b, 0);
  return tensor(
    Array.from({ length: batchOf(x) * to }, (_, i) => entry(Math.floor(i / to), i % to)),
    [batchOf(x), to],
  );
};
const linear = (variance: number): Decoder => ({
  decode: (z) => Promise.resolve(times(weights, [d, k], z)),
  jvp: (_, v) => Promise.resolve(times(weights, [d, k], v)),
  vjp: (_, w) => Promise.resolve(times(weights, [d, k], w, true)),
  variance,
});
/** A W as one operator. */
const whole = matrix(
  [k],
  tensor(
    Float64Array.from({ length: m * k }, (_, i) =>
      Array.from({ length: d }, (_, j) => sums[Math.floor(i / k) * d + j]! * weights[j * k + (i % k)]!).reduce(
        (a, b) => a + b,
        0,
      ),
    ),
    [m, k],
  ),
);
const y = normalBatch(split(key(2), 1), [m]);
const prior = gaussianPrior(k);
const noiseStd = 0.2;
const together = problemOf(sde, prior, { operator: whole, y, noiseStd });
const through = (variance = 0): InverseProblem => ({
  ...together,
  measurement: { operator, y, noiseStd },
  decoder: linear(variance),
});
const x = normalBatch(split(key(3), 4), [k]);

const close = (found: Tensor, expected: Tensor, tolerance: number): void => {
  const gap = combine([1, found], [-1, expected]);
  gap.data.forEach((value, i) => expect(Math.abs(value) / (1 + Math.abs(expected.data[i]!))).toBeLessThan(tolerance));
};

describe('a linear decoder', () => {
  it.each([
    ['pigdm', pigdm({ dataStd: 0.7 }), { ...prior, stds: 0.7 }, 5e-4],
    ['mmps', mmps({ iterations: 4 }), prior, 1e-7],
  ] as const)('%s is the score of latents given the measurement', async (_, guidance, law, tolerance) => {
    const own = problemOf(sde, law, together.measurement);
    const expected = conditionalScore(sde, law, together.measurement);
    const score = guidance({ ...own, measurement: through().measurement, decoder: linear(0) });
    // pigdm stops at four digits; mmps takes as many steps as there are latents, and is exact but for rounding.
    for (const t of timesWithin(sde)) close(await score(x, t), await expected(x, t), tolerance);
  });

  it('has noise of its own, which is measured with what it decodes', async () => {
    // Four rows of the unit matrix: A A' = I, so that the variance of the decoder adds to that of the noise.
    const rows = matrix([d], tensor(Float64Array.from({ length: m * d }, (_, i) => Number(Math.floor(i / d) === i % d)), [m, d])); // prettier-ignore
    const variance = 0.05;
    for (const [guidance, law] of [
      [pigdm({ dataStd: 0.7 }), { ...prior, stds: 0.7 }],
      [mmps({ iterations: 4 }), prior],
    ] as const) {
      const of = (noise: number, own: number): InverseProblem => ({
        ...problemOf(sde, law, { operator: rows, y, noiseStd: noise }),
        decoder: linear(own),
      });
      const [one, other] = [of(0.2, variance), of(Math.sqrt(0.04 + variance), 0)];
      close(await guidance(one)(x, 0.4), await guidance(other)(x, 0.4), 1e-6);
      // Nothing is exact of an image that is decoded only nearly.
      close(await guidance(of(0, variance))(x, 0.4), await guidance(of(Math.sqrt(variance), 0))(x, 0.4), 1e-6);
    }
  });

  it('gives counts their variance', async () => {
    const counts = poissonNoise({ rate: 40 });
    const positive = tensor([0.9, 0.4, 0.7, 1.1], [1, m]);
    const measurement = { y: positive, noiseStd: 0.2, noise: counts };
    for (const guidance of [pigdm(), mmps({ iterations: 4 })])
      close(
        await guidance({ ...together, measurement: { ...measurement, operator }, decoder: linear(0) })(x, 0.3),
        await guidance({ ...together, measurement: { ...measurement, operator: whole } })(x, 0.3),
        1e-5,
      );
  });

  it('dps and twisted draw what they draw of the operator times the matrix', async () => {
    const keys = split(key(4), 6);
    const ask = (problem: InverseProblem) => ({ ...problem, shape: [k], keys });
    const guided = constrained({ steps: 12, predictor: constrain(dps({ stepSize: 0.3 }), ancestral()) });
    const particles = twisted({ steps: 12, particles: 4 });
    for (const sampler of [guided, particles]) {
      const [found, expected] = [await finish(sampler(ask(through()))), await finish(sampler(ask(together)))];
      close(found.x, expected.x, 1e-4);
      expect(found.evals).toEqual(expected.evals);
    }
  });

  it('needs noise somewhere', async () => {
    const exact = { ...through(), measurement: { operator, y, noiseStd: 0 } };
    await expect(pigdm()(exact)(x, 0.4)).rejects.toThrow(
      /noiseStd: expected noise of the measurement or of the decoder/,
    );
  });
});

it('the derivative of a decoder that is not linear reaches dps', async () => {
  // D(z) = tanh(W z): the gradient of the misfit by differences, at the prior's own estimate.
  const bent: Decoder = {
    ...linear(0),
    decode: async (z) => {
      const own = await linear(0).decode(z);
      return { ...own, data: own.data.map(Math.tanh) };
    },
    vjp: async (z, w) => {
      const own = await linear(0).decode(z);
      return linear(0).vjp(z, { ...w, data: w.data.map((value, i) => value * (1 - Math.tanh(own.data[i]!) ** 2)) });
    },
  };
  const problem: InverseProblem = { ...through(), decoder: bent };
  const still = (keys: readonly unknown[], at: Tensor) => Promise.resolve({ x: at, mean: at, keys });
  const step = dps({ stepSize: 1 })(problem)(still);
  const [one] = [tensor(x.data.slice(0, k), [1, k])];
  const t = 0.3;
  const moved = await step(split(key(6), 1), one, t, t);
  const misfit = async (at: Tensor): Promise<number> => {
    const score = await problem.score(at, t);
    const [alpha, variance] = [sde.alpha(t), sde.sigma(t) ** 2];
    const made = operator.apply(await bent.decode(combine([1 / alpha, at], [variance / alpha, score])));
    return Math.hypot(...combine([1, y], [-1, made]).data);
  };
  for (let j = 0; j < k; j++) {
    const aside = (h: number): Tensor => tensor(one.data.map((value, i) => value + (i === j ? h : 0)), [1, k]); // prettier-ignore
    const slope = ((await misfit(aside(1e-5))) - (await misfit(aside(-1e-5)))) / 2e-5;
    expect(one.data[j]! - moved.x.data[j]!).toBeCloseTo(slope, 6);
  }
});
