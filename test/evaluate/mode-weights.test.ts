import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { kolmogorovSmirnovTest } from '../../src/evaluate/goodness-of-fit.ts';
import { modeWeights } from '../../src/evaluate/mode-weights.ts';

const weights = [0.2, 0.5, 0.3];
const stdAt = [0.3, 0.6, 0.4];

/** Draws of a mixture of three Gaussians at multiples of `apart` along the diagonal of the plane. */
function draw(
  k: ReturnType<typeof key>,
  n: number,
  { apart, of = weights }: { apart: number; of?: readonly number[] },
): Tensor {
  const u = uniform(foldIn(k, 'component'), n);
  const z = normal(foldIn(k, 'noise'), 2 * n);
  const component = Array.from(u, (v) => (v < of[0]! ? 0 : v < of[0]! + of[1]! ? 1 : 2));
  return tensor(
    z.map((v, i) => component[i >> 1]! * apart + stdAt[component[i >> 1]!]! * v),
    [n, 2],
  );
}

const mixture = (apart: number): { means: Tensor; stds: readonly number[]; weights: readonly number[] } => ({
  means: tensor([0, 0, apart, apart, 2 * apart, 2 * apart], [3, 2]),
  stds: stdAt,
  weights: weights.map((w) => 10 * w),
});

describe.each([
  ['that overlap', 0.8],
  ['far apart', 10],
])('the weights of modes %s', (_, apart) => {
  it('have no bias and honest errors (300 sets of 100 samples, 4 standard errors)', () => {
    const runs = split(key(1), 300).map((k) => modeWeights(draw(k, 100, { apart }), mixture(apart)));
    weights.forEach((weight, c) => {
      const values = runs.map(({ found }) => found[c]!.value);
      const mean = values.reduce((a, b) => a + b, 0) / 300;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 299;
      expect(Math.abs(mean - weight)).toBeLessThan(4 * Math.sqrt(variance / 300));
      const claimed = runs.reduce((sum, { found }) => sum + found[c]!.standardError ** 2, 0) / 300;
      expect(Math.abs(claimed / variance - 1)).toBeLessThan(0.35);
    });
    expect(runs[0]!.expected.map((w) => Number(w.toFixed(12)))).toEqual(weights);
  });

  it('sum to one, and keep the law of their p-value (300 sets of 200 samples)', () => {
    const runs = split(key(2), 300).map((k) => modeWeights(draw(k, 200, { apart }), mixture(apart)));
    for (const { found } of runs) expect(found.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 12);
    const pValues = runs.map(({ pValue }) => pValue);
    // Never too small: their distribution function lies below that of the uniform law.
    for (const level of [0.02, 0.1, 0.5]) {
      const share = pValues.filter((p) => p < level).length / 300;
      expect(share).toBeLessThan(level + 4 * Math.sqrt((level * (1 - level)) / 300));
    }
    if (apart > 1) expect(kolmogorovSmirnovTest(pValues, (p) => p).pValue).toBeGreaterThan(0.001);
  });

  it('that are wrong are noticed (n = 1000)', () => {
    const { found, pValue } = modeWeights(draw(key(3), 1000, { apart, of: [0.45, 0.25, 0.3] }), mixture(apart));
    expect(pValue).toBeLessThan(1e-6);
    expect(found[0]!.value).toBeGreaterThan(0.3);
  });
});

it('samples far from every component still belong to the likeliest', () => {
  const { found } = modeWeights(tensor([1e5, 1e5], [1, 2]), mixture(10));
  // The widest component decides far out.
  expect(found.map(({ value }) => value)).toEqual([0, 1, 0]);
});

it('deviations may be one for all, one per component or one per coordinate', () => {
  const x = draw(key(4), 50, { apart: 1 });
  const { means } = mixture(1);
  const one = modeWeights(x, { means, stds: 0.5 });
  expect(modeWeights(x, { means, stds: [0.5, 0.5, 0.5] })).toEqual(one);
  expect(modeWeights(x, { means, stds: tensor(Array(6).fill(0.5), [3, 2]) })).toEqual(one);
});

it('mixtures that do not fit are refused', () => {
  const x = tensor([0, 0], [1, 2]);
  const { means } = mixture(1);
  expect(() => modeWeights(tensor([0], [1, 1]), mixture(1))).toThrow(ShapeError);
  expect(() => modeWeights(x, { means, stds: [1, 2] })).toThrow(ShapeError);
  expect(() => modeWeights(x, { means, stds: 1, weights: [1, 2] })).toThrow(ShapeError);
  for (const stds of [0, -1]) expect(() => modeWeights(x, { means, stds })).toThrow(ConfigError);
  for (const weight of [0, -1, NaN])
    expect(() => modeWeights(x, { means, stds: 1, weights: [1, 3, weight] })).toThrow(ConfigError);
});
