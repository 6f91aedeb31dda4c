/** @file Densities with their constants: of Gaussians, whose mixture then has the score of the mixture. */
import { expect, it } from 'vitest';
import { combine } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { calibratedDensity } from '../../src/likelihood/calibrated-density.ts';
import { lineIntegral } from '../../src/sample/correctors/line-integral.ts';
import { mixtureOf } from '../../src/sde/composition.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { vp } from '../../src/sde/processes/vp.ts';

const means = [
  [-1, 0.5],
  [0.8, -0.2],
] as const;
const [stds, weights] = [[0.4, 1.1] as const, [1, 3] as const];
const x = normalBatch(split(key(1), 6), [2]);
const options = { key: key(2), trace: { kind: 'exact' }, rtol: 1e-7, atol: 1e-7 } as const;

it.each([
  ['vp', vp()],
  ['edm', edm({ sigmaMax: 1000 })],
])('under %s they make the score of a mixture of what is known up to constants', async (_, sde) => {
  const laws = means.map((mean, i) => gaussian(sde, { mean: tensor([...mean], [2]), std: stds[i]! }));
  /** A density with a constant of its own at each time, as a network has. */
  const rough = (i: number, at: Tensor, t: number): Float64Array => {
    const v = (sde.alpha(t) * stds[i]!) ** 2 + sde.sigma(t) ** 2;
    const [a, b] = means[i]!;
    return Float64Array.from({ length: at.shape[0]! }, (_, row) => {
      const [u, w] = [at.data[2 * row]! - sde.alpha(t) * a, at.data[2 * row + 1]! - sde.alpha(t) * b];
      return 7 * Math.sin(3 * i + t) - (u * u + w * w) / (2 * v);
    });
  };
  const exact = gaussianMixture(sde, { means: tensor(means.flat(), [2, 2]), stds: [...stds], weights: [...weights] });
  const ratios = [
    (i: number) => lineIntegral(laws[i]!.score),
    (i: number) => async (from: Tensor, to: Tensor, t: number) => {
      const [one, other] = [rough(i, from, t), rough(i, to, t)];
      return Promise.resolve(other.map((value, row) => value - one[row]!));
    },
  ];
  const gap = async (score: typeof exact.score, t: number): Promise<number> =>
    Math.max(...combine([1, await score(x, t)], [-1, await exact.score(x, t)]).data.map(Math.abs));
  const times = [sde.tMin + 0.2 * (sde.tMax - sde.tMin) ** 0.1, sde.tMax];
  for (const ratio of ratios) {
    const parts = laws.map(({ score, scoreJvp }, i) => ({
      score,
      weight: weights[i]!,
      logDensity: calibratedDensity({ sde, scoreJvp, logRatio: ratio(i) }, tensor([0.1, 0.2], [1, 2]), options),
    }));
    // The prior takes the place of the noised laws at tMax, whose means are alpha = 0.0066 (VP) or 1 / sigma = 0.001 deviations off.
    for (const t of times) expect(await gap(mixtureOf(parts).score, t)).toBeLessThan(1e-2);
  }
  const as = laws.map(({ score }, i) => ({
    score,
    weight: weights[i]!,
    logDensity: (at: Tensor, t: number) => rough(i, at, t),
  }));
  expect(await gap(mixtureOf(as as never).score, times[0]!)).toBeGreaterThan(0.1);
});

it('needs one sample', () => {
  const { scoreJvp, score } = gaussian(vp(), { mean: tensor([0], [1]), std: 1 });
  const law = { sde: vp(), scoreJvp, logRatio: lineIntegral(score) };
  expect(() => calibratedDensity(law, tensor([0, 1], [2, 1]), options)).toThrow('anchor');
});
